#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {
template <class Metric>
double mean(const Metric& metric, const std::vector<double>& y, const std::vector<double>& t, Index channels) {
  return metric(y.data(), t.data(), static_cast<Index>(y.size()), channels) / static_cast<double>(t.size());
}
template <class Output, class Target, class Expected>
constexpr bool chooses = std::is_same_v<typename MetricFor<Accuracy, Output, Target>::type, Expected>;
}  // namespace

TEST_CASE("accuracies count what is right, and of equal predictions the first wins") {
  CHECK(mean(BinaryAccuracy{}, {0.2, 0.6, 0.5, 0.9}, {0, 1, 1, 0}, 1) == 0.5);  // 0.5 is not above 0.5
  CHECK(mean(BinaryAccuracy{}, {0.2, 0.6}, {0, 0.75}, 1) == 0.5);               // a grey target is never met
  CHECK(mean(BinaryAccuracy{.threshold = 0}, {-0.1, 0.1}, {0, 1}, 1) == 1);
  CHECK(mean(CategoricalAccuracy{}, {0.1, 0.9, 0, 0.4, 0.4, 0.2, 0, 0, 1}, {0, 1, 0, 0, 1, 0, 0, 0, 1}, 3) * 3 ==
        doctest::Approx(2.0 / 3));
  CHECK(mean(SparseCategoricalAccuracy{}, {0.1, 0.9, 0, 0.4, 0.4, 0.2, 0, 0, 1}, {1, 1, 2}, 3) ==
        doctest::Approx(2.0 / 3));
}

TEST_CASE("accuracy is chosen by shapes as in Keras") {
  CHECK(chooses<Shape<10>, Shape<>, SparseCategoricalAccuracy>);
  CHECK(chooses<Shape<10>, Shape<10>, CategoricalAccuracy>);
  CHECK(chooses<Shape<1>, Shape<1>, BinaryAccuracy>);
  CHECK(chooses<Shape<1>, Shape<>, BinaryAccuracy>);
  CHECK(chooses<Shape<28, 28, 1>, Shape<28, 28, 1>, BinaryAccuracy>);
  CHECK(chooses<Shape<28, 28, 3>, Shape<28, 28>, SparseCategoricalAccuracy>);
  CHECK(chooses<Shape<28, 28, 3>, Shape<28, 28, 3>, CategoricalAccuracy>);
}

TEST_CASE("no more than `count` predictions are looked at, and every class counts") {
  const double y[] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, t[] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, labels[] = {0, 1, 2};
  CHECK(BinaryAccuracy{}(y, t, 8, 1) == 8);
  CHECK(CategoricalAccuracy{}(y, t, 6, 3) == 2);
  CHECK(SparseCategoricalAccuracy{}(y, labels, 6, 3) == 2);
  CHECK(CategoricalAccuracy{}(y, t, 9, 3) == 3);  // in the last class, too
  CHECK(SparseCategoricalAccuracy{}(y, labels, 9, 3) == 3);
  CHECK(index_of_largest(y, 1) == 0);
  CHECK(BinaryAccuracy{}.threshold == 0.5);
  CHECK_NOTHROW(BinaryAccuracy{}.check_options());
  CHECK_THROWS_AS(BinaryAccuracy{.threshold = std::nan("")}.check_options(), std::invalid_argument);
}

TEST_CASE("of how many terms an accuracy is the mean, and which metrics count samples by their weights") {
  CHECK(terms_of<BinaryAccuracy, Shape<4, 5, 3>> == 60);
  CHECK(terms_of<CategoricalAccuracy, Shape<4, 5, 3>> == 20);
  CHECK(terms_of<SparseCategoricalAccuracy, Shape<4, 5, 3>> == 20);
  CHECK(std::is_same_v<TargetShape<SparseCategoricalAccuracy, Shape<4, 5, 3>>, Shape<4, 5>>);
  CHECK(is_weighted<Weighted<Accuracy>>);
  CHECK(!is_weighted<Accuracy>);
  CHECK(weighted(BinaryAccuracy{.threshold = 0.25}).threshold == 0.25);
  CHECK(std::is_same_v<typename MetricFor<Weighted<Accuracy>, Shape<10>, Shape<>>::type,
                       Weighted<SparseCategoricalAccuracy>>);
}
