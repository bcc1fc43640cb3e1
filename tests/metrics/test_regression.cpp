#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {
template <class Metric>
double value(const Metric& metric, const std::vector<double>& y, const std::vector<double>& t, Index outputs,
             double first_weight = 1) {
  std::vector<double> sums(static_cast<std::size_t>(metric.sums(outputs, outputs)));
  for (std::size_t i = 0; i < y.size(); i += static_cast<std::size_t>(outputs))
    metric.add(&y[i], &t[i], outputs, outputs, i == 0 ? first_weight : 1, sums.data());
  return metric.value(sums);
}
}  // namespace

TEST_CASE("the root of the mean over all values, by hand") {
  CHECK(value(RootMeanSquaredError{}, {1, 2, 3, 4}, {1, 2, 0, 8}, 2) == 2.5);
  CHECK(value(RootMeanSquaredError{}, {3, 0, 3, 4}, {0, 0, 3, 4}, 2, 4) == doctest::Approx(std::sqrt(3.6)));
  CHECK(value(RootMeanSquaredError{}, {}, {}, 2) == 0);
}

TEST_CASE("the share of the variance that is explained, by hand") {
  CHECK(value(R2Score{}, {2, 4, 4}, {1, 4, 3}, 1) == doctest::Approx(4.0 / 7));  // the example of Keras's documentation
  CHECK(value(R2Score{}, {1, 2, 3}, {1, 2, 3}, 1) == 1);
  CHECK(value(R2Score{}, {2, 2, 2}, {1, 2, 3}, 1) == 0);
  CHECK(value(R2Score{}, {3, 2, 1}, {1, 2, 3}, 1) == -3);
  CHECK(value(R2Score{}, {1, 2}, {4, 4}, 1) == 0);  // equal targets
  // Two outputs, of which the second varies four times as much: 1 and 0.
  const std::vector<double> y{1, 4, 2, 4, 3, 4}, t{1, 2, 2, 4, 3, 6};
  CHECK(value(R2Score{}, y, t, 2) == 0.5);
  CHECK(value(R2Score{.class_aggregation = R2Aggregation::variance_weighted_average}, y, t, 2) == doctest::Approx(0.2));
  CHECK(value(R2Score{}, {5, 2, 4}, {1, 2, 4}, 1, 0) == 1);  // a weight of 0
  CHECK(value(R2Score{}, {2, 3}, {1, 4}, 1, 3) == doctest::Approx(1 - 4 / 6.75));
}
