// What losses and metrics are, in numbers worked out by hand: gradients alone would pass a loss that is another one.
#include <doctest/doctest.h>

#include <cmath>
#include <latent/latent.hpp>
#include <vector>

using namespace latent;

namespace {

/// The sum over outputs of `channels` channels.
template <class Loss>
double value(const Loss& loss, const std::vector<double>& y, const std::vector<double>& t, Index channels) {
  const double alone =
      loss(y.data(), t.data(), static_cast<double*>(nullptr), static_cast<Index>(y.size()), channels, 1.0);
  std::vector<double> dy(y.size());
  CHECK(loss(y.data(), t.data(), dy.data(), static_cast<Index>(y.size()), channels, 1.0) == alone);
  return alone;
}
doctest::Approx near(double number) { return doctest::Approx(number).epsilon(1e-13); }

template <class Metric>
double right(const Metric& metric, const std::vector<float>& y, const std::vector<float>& t, Index channels) {
  return metric(y.data(), t.data(), static_cast<Index>(y.size()), channels);
}

}  // namespace

TEST_CASE("errors: squared, absolute, Huber's") {
  // More than a vector of doubles, and some left over.
  const std::vector<double> y{1, -2, 0.5, 0, 3, 1, 1, 1, 1, 1, -1}, t{0, 2, 0.25, 0, 1, 1, 1, 1, 1, 1, 0};
  CHECK(value(MeanSquaredError{}, y, t, 1) == near(1 + 16 + 0.0625 + 0 + 4 + 1));
  CHECK(value(MeanAbsoluteError{}, y, t, 1) == near(1 + 4 + 0.25 + 0 + 2 + 1));
  CHECK(value(Huber{}, y, t, 1) == near(0.5 + 3.5 + 0.03125 + 0 + 1.5 + 0.5));
  CHECK(value(Huber{.delta = 2}, y, t, 1) == near(0.5 + 6 + 0.03125 + 0 + 2 + 0.5));
  double dy[1];
  const double one[] = {1}, zero[] = {0};
  MeanAbsoluteError{}(one, one, dy, 1, 1, 0.5);
  CHECK(dy[0] == 0);
  MeanAbsoluteError{}(one, zero, dy, 1, 1, 0.5);
  CHECK(dy[0] == 0.5);
  MeanAbsoluteError{}(zero, one, dy, 1, 1, 0.5);
  CHECK(dy[0] == -0.5);
}

TEST_CASE("cross-entropies, of probabilities and of logits") {
  const double log = std::log(0.5), e = std::exp(1.0);
  CHECK(value(BinaryCrossentropy{}, {0.25, 0.5}, {0, 1}, 1) == near(-std::log(0.75) - log));
  CHECK(value(BinaryCrossentropy{.label_smoothing = 0.5}, {0.25}, {1}, 1) ==
        near(-0.75 * std::log(0.25) - 0.25 * std::log(0.75)));
  CHECK(value(BinaryCrossentropy{.from_logits = true}, {1, 0, -1}, {0, 1, 1}, 1) ==
        near(std::log(1 + e) - log + std::log(1 + e)));
  CHECK(value(BinaryCrossentropy{}, {0, 1}, {1, 0}, 1) == near(-std::log(1e-7) - std::log(1 - (1 - 1e-7))));  // clipped

  CHECK(value(CategoricalCrossentropy{}, {0.25, 0.5, 0.25, 1, 1, 2}, {0, 1, 0, 0, 0, 1}, 3) == near(-log - log));
  CHECK(value(CategoricalCrossentropy{.label_smoothing = 0.3}, {0.25, 0.5, 0.25}, {0, 1, 0}, 3) ==
        near(-0.8 * log - 0.2 * std::log(0.25)));
  CHECK(value(CategoricalCrossentropy{.from_logits = true}, {1, 0}, {1, 0}, 2) == near(std::log(1 + 1 / e)));
  CHECK(value(SparseCategoricalCrossentropy{}, {0.25, 0.5, 0.25, 0.5, 0.25, 0.25}, {1, 2}, 3) ==
        near(-log - std::log(0.25)));
  CHECK(value(SparseCategoricalCrossentropy{.from_logits = true}, {1, 0, 0, 1}, {0, 0}, 2) ==
        near(std::log(1 + 1 / e) + std::log(1 + e)));
}

TEST_CASE("cosine similarity: -1 the same way, 1 the opposite way, 0 across") {
  CHECK(value(CosineSimilarity{}, {3, 4}, {6, 8}, 2) == near(-1));
  CHECK(value(CosineSimilarity{}, {3, 4}, {-3, -4}, 2) == near(1));
  CHECK(value(CosineSimilarity{}, {3, 4}, {-4, 3}, 2) == 0);
  CHECK(value(CosineSimilarity{}, {1, 0, 3, 4}, {1, 1, 4, 3}, 2) == near(-std::sqrt(0.5) - 0.96));
}

TEST_CASE("of how many numbers a loss is the mean") {
  using Image = Shape<4, 5, 3>;
  CHECK(terms_of<MeanSquaredError, Image> == 60);
  CHECK(terms_of<BinaryCrossentropy, Image> == 60);
  CHECK(terms_of<CategoricalCrossentropy, Image> == 20);
  CHECK(terms_of<SparseCategoricalCrossentropy, Image> == 20);
  CHECK(terms_of<CosineSimilarity, Image> == 20);
  CHECK(terms_of<SumOverPixels<MeanSquaredError>, Image> == 1);
  CHECK(terms_of<CategoricalAccuracy, Image> == 20);
  CHECK(terms_of<SparseCategoricalAccuracy, Image> == 20);
  CHECK(terms_of<BinaryAccuracy, Image> == 60);
}

TEST_CASE(
    "accuracies count what is right; of equal outputs the first is taken, and the threshold is not above itself") {
  CHECK(right(BinaryAccuracy{}, {0.6f, 0.5f, 0.4f, 0.9f}, {1, 0, 0, 0}, 1) == 3);
  CHECK(right(BinaryAccuracy{.threshold = 0}, {0.1f, 0, -1}, {1, 0, 1}, 1) == 2);
  CHECK(right(CategoricalAccuracy{}, {0.2f, 0.8f, 0.5f, 0.5f, 0.9f, 0.1f}, {0, 1, 1, 0, 0, 1}, 2) == 2);
  CHECK(right(SparseCategoricalAccuracy{}, {0, 0, 1, 3, 2, 1, 1, 2, 2}, {2, 0, 2}, 3) == 2);
}

TEST_CASE("probabilities are clipped at 1e-7 on both sides, and label_smoothing is within 0 and 1") {
  CHECK(clipped_probability(0.0) == 1e-7);
  CHECK(clipped_probability(1.0) == 1 - 1e-7);
  CHECK(clipped_probability(0.25) == 0.25);
  CHECK_NOTHROW(check_label_smoothing("L", 0));
  CHECK_NOTHROW(check_label_smoothing("L", 1));
  CHECK_THROWS_WITH_AS(check_label_smoothing("L", 1.5), "L: label_smoothing is within 0..1, received 1.5",
                       std::invalid_argument);
  CHECK_THROWS_AS(check_label_smoothing("L", -0.1), std::invalid_argument);
  CHECK_THROWS_AS(Huber{.delta = 0}.check_options(), std::invalid_argument);
}

TEST_CASE("a label is the number of a class; the message names the sample") {
  const auto message = [](std::vector<float> t) -> std::string {
    try {
      SparseCategoricalCrossentropy::check_targets(t.data(), static_cast<Index>(t.size()) / 2, Index{2}, Index{3},
                                                   "fit");
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(message({0, 1, 2, 0}) == "no error");
  CHECK(message({0, 1, 2, 3}) == "fit: sample 1 has the label 3, expected a number of a class, 0 to 2");
  CHECK(message({0, 1, 2, 1, -1, 0}) == "fit: sample 2 has the label -1, expected a number of a class, 0 to 2");
  CHECK(message({0, 0.5f}) == "fit: sample 0 has the label 0.5, expected a number of a class, 0 to 2");
  CHECK(message({NAN, 0}) == "fit: sample 0 has the label nan, expected a number of a class, 0 to 2");
}

TEST_CASE("the softmax of logits, however large, and its logarithm") {
  const double z[] = {1000, 1000 + std::log(2.0), 1000 - std::log(2.0), -1000};  // in proportions 2 : 4 : 1 : 0
  const latent::detail::SoftmaxOf<double> softmax(z, 4);
  const double expected[] = {2.0 / 7, 4.0 / 7, 1.0 / 7, 0};
  for (int c = 0; c < 4; ++c) CHECK(softmax(z[c]) == doctest::Approx(expected[c]).epsilon(1e-12));
  for (int c = 0; c < 3; ++c) CHECK(softmax.minus_log(z[c]) == doctest::Approx(-std::log(expected[c])).epsilon(1e-12));
  CHECK(softmax.minus_log(z[3]) == doctest::Approx(2000 + std::log(3.5)).epsilon(1e-12));
}

TEST_CASE("targets of cross-entropies are within 0 and 1") {
  CHECK(BinaryCrossentropy::target_range.low == 0);
  CHECK(BinaryCrossentropy::target_range.high == 1);
  CHECK(CategoricalCrossentropy::target_range.low == 0);
  CHECK(CategoricalCrossentropy::target_range.high == 1);
}
