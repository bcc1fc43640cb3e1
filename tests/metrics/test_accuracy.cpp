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

TEST_CASE("the right class is among the k largest, also where several are equal (Keras 3.15)") {
  const std::vector<double> y{0.1, 0.3, 0.2, 0.4, 0.25, 0.25, 0.25, 0.25, 0.5, 0.1, 0.1, 0.3};
  const std::vector<double> t{0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0}, labels{2, 3, 2};
  for (const auto& [k, right] : std::vector<std::pair<int, int>>{{1, 1}, {2, 1}, {3, 3}, {4, 3}, {5, 3}}) {
    CHECK(TopKCategoricalAccuracy{.k = k}(y.data(), t.data(), 12, 4) == right);
    CHECK(SparseTopKCategoricalAccuracy{.k = k}(y.data(), labels.data(), 12, 4) == right);
  }
  CHECK(TopKCategoricalAccuracy{}.k == 5);
  CHECK(SparseTopKCategoricalAccuracy{}.k == 5);

  // The last class counts, labels that are no class do not, and no prediction is not among the best.
  const double last[] = {0, 0, 1}, none[] = {3, -1}, two[] = {2}, bad[] = {NAN, 1, 0, INFINITY, 1, 0, 1, NAN, 0},
               zeros[] = {0, 0, 0};
  CHECK(SparseTopKCategoricalAccuracy{.k = 1}(last, two, 3, 3) == 1);
  CHECK(SparseTopKCategoricalAccuracy{.k = 3}(last, none, 3, 3) == 0);
  CHECK(SparseTopKCategoricalAccuracy{.k = 3}(last, none + 1, 3, 3) == 0);
  CHECK(SparseTopKCategoricalAccuracy{.k = 3}(bad, zeros, 9, 3) == 0);
  CHECK(SparseTopKCategoricalAccuracy{.k = 3}(last, zeros, 3, 3) == 1);
  CHECK_NOTHROW(TopKCategoricalAccuracy{.k = 1}.check_options());
  CHECK_NOTHROW(SparseTopKCategoricalAccuracy{.k = 1}.check_options());
  CHECK_THROWS_WITH_AS(TopKCategoricalAccuracy{.k = 0}.check_options(),
                       "TopKCategoricalAccuracy: expected a k of at least 1, received 0", std::invalid_argument);
  CHECK_THROWS_WITH_AS(SparseTopKCategoricalAccuracy{.k = 0}.check_options(),
                       "SparseTopKCategoricalAccuracy: expected a k of at least 1, received 0", std::invalid_argument);
  CHECK(terms_of<TopKCategoricalAccuracy, Shape<4, 5, 3>> == 20);
  CHECK(terms_of<SparseTopKCategoricalAccuracy, Shape<4, 5, 3>> == 20);
  CHECK(std::is_same_v<TargetShape<SparseTopKCategoricalAccuracy, Shape<4, 5, 3>>, Shape<4, 5>>);
}
