#include <doctest/doctest.h>

#include <limits>

#include "evaluation/scikit_reference.hpp"
#include "latent/evaluation/pca.hpp"

using namespace latent;
using namespace latent::evaluation;

namespace {

Tensor<2, double> samples() {
  Tensor<2, double> rows(scikit::count, scikit::features);
  std::copy_n(scikit::samples, rows.size(), rows.data());
  return rows;
}

template <class Numbers>
void check_equal(const Numbers* ours, const double* expected, Index count, double within = 1e-13) {
  for (Index i = 0; i < count; ++i) {
    CAPTURE(i);
    CHECK(std::abs(static_cast<double>(ours[i]) - expected[i]) < within);
  }
}

}  // namespace

TEST_CASE("points on a line, by hand") {
  // On (1, 2) + t (3, -4) / 5 for t = -1, 0, 4: the mean of t is 1, its variance (4 + 1 + 9) / 2 = 7. The sign is
  // chosen by the -4, which becomes positive.
  Tensor<2> points(3, 2);
  points.setValues({{0.4f, 2.8f}, {1, 2}, {3.4f, -1.2f}});
  const PCA pca(points, 2);
  CHECK(pca.mean[0] == doctest::Approx(1.6));
  CHECK(pca.mean[1] == doctest::Approx(1.2));
  CHECK(pca.components(0, 0) == doctest::Approx(-0.6));
  CHECK(pca.components(0, 1) == doctest::Approx(0.8));
  CHECK(pca.components(1, 0) == doctest::Approx(0.8));
  CHECK(pca.components(1, 1) == doctest::Approx(0.6));
  CHECK(pca.explained_variance[0] == doctest::Approx(7));
  CHECK(pca.explained_variance_ratio[0] == doctest::Approx(1));
  CHECK(pca.explained_variance[1] < 1e-12);
  CHECK(pca.explained_variance[1] >= 0);
  const Tensor<2> line = PCA(points, 1).transform(points);
  REQUIRE(line.dimension(1) == 1);
  CHECK(line(0, 0) == doctest::Approx(2));
  CHECK(line(1, 0) == doctest::Approx(1));
  CHECK(line(2, 0) == doctest::Approx(-3));
}

TEST_CASE("products and combinations of rows, of more columns than are taken at a time, with some left over") {
  Tensor<2, double> rows(17, 1100), factors(2, 17);  // whole numbers: every sum is exact
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<double>(i * i % 23 - 11);
  for (Index i = 0; i < factors.size(); ++i) factors.data()[i] = static_cast<double>(i % 5 - 2);
  const Tensor<2, double> products = latent::evaluation::detail::products_of_rows(rows),
                          combined = latent::evaluation::detail::combined_rows(factors, rows);
  REQUIRE(products.size() == 17 * 17);
  for (Index i = 0; i < 17; ++i)
    for (Index j = 0; j < 17; ++j) {
      double expected = 0;
      for (Index k = 0; k < 1100; ++k) expected += rows(i, k) * rows(j, k);
      CHECK(products(i, j) == expected);
    }
  REQUIRE(combined.size() == 2 * 1100);
  double off = 0;
  for (Index k = 0; k < 2; ++k)
    for (Index c = 0; c < 1100; ++c) {
      double expected = 0;
      for (Index i = 0; i < 17; ++i) expected += factors(k, i) * rows(i, c);
      off += std::abs(combined(k, c) - expected);
    }
  CHECK(off == 0);
}

TEST_CASE("of two components that are equally large the first becomes positive") {
  Tensor<2, double> falling(3, 2);
  falling.setValues({{0, 0}, {1, -1}, {3, -3}});
  CHECK(PCA(falling, 1).components(0, 0) == doctest::Approx(std::sqrt(0.5)));
}

TEST_CASE("two samples, and as many as features") {
  Tensor<2, double> two(2, 2);
  two.setValues({{1, 0}, {4, 4}});
  const PCA pca(two, 1);
  CHECK(pca.components(0, 0) == doctest::Approx(0.6));
  CHECK(pca.components(0, 1) == doctest::Approx(0.8));
  CHECK(pca.explained_variance[0] == doctest::Approx(12.5));
}

TEST_CASE("as scikit-learn") {
  const Tensor<2, double> rows = samples();
  for (const Index number : {4, 2}) {
    const PCA pca(rows, number);
    check_equal(pca.mean.data(), scikit::mean, scikit::features);
    check_equal(pca.components.data(), scikit::components, number * scikit::features);
    check_equal(pca.explained_variance.data(), scikit::explained_variance, number);
    check_equal(pca.explained_variance_ratio.data(), scikit::explained_variance_ratio, number);
    REQUIRE(static_cast<Index>(pca.explained_variance.size()) == number);
    const Tensor<2, double> projected = pca.transform(rows);
    for (Index n = 0; n < scikit::count; ++n)
      check_equal(&projected(n, 0), scikit::transformed + n * scikit::features, number);
  }
  const Tensor<2> single = rows.cast<float>();
  check_equal(PCA(single, 4).transform(single).data(), scikit::transformed, rows.size(), 1e-6);
}

TEST_CASE("more features than samples") {
  Tensor<2, double> turned = samples().shuffle(Eigen::array<int, 2>{1, 0});
  const PCA pca(turned, 4);  // of 4 samples, which lie in a space of 3 dimensions
  check_equal(pca.components.data(), scikit::turned_components, 3 * scikit::count);
  check_equal(pca.explained_variance.data(), scikit::turned_explained_variance, 3);
  CHECK(pca.explained_variance[3] == 0);
  double sum = 0, last = 0;
  for (const double ratio : pca.explained_variance_ratio) sum += ratio;
  CHECK(sum == doctest::Approx(1).epsilon(1e-13));
  for (Index i = 0; i < scikit::count; ++i) last += std::abs(pca.components(3, i));
  CHECK(last == 0);
  // Two that differ, each twice: one direction, at distances of 1 from the mean.
  Tensor<2, double> twice(4, 6);
  twice.setZero();
  twice(1, 3) = twice(3, 3) = -2;
  const PCA line(twice, 3);
  CHECK(line.explained_variance[0] == doctest::Approx(4.0 / 3));
  CHECK(line.explained_variance[1] == 0);
  CHECK(line.components(0, 3) == doctest::Approx(1));
  CHECK(line.transform(twice)(0, 0) == doctest::Approx(1));
  CHECK(line.transform(twice)(1, 2) == 0);
}

TEST_CASE("samples of many features, as scikit-learn") {
  // A picture of 64 x 64 and one of 224 x 224 pixels in colour. Each sample varies more than the one before it.
  for (const Index features : {Index(scikit::wide_features), Index(150528)}) {
    const Index count = scikit::wide_count;
    Tensor<2, double> rows(count, features);
    for (Index i = 0; i < rows.size(); ++i)
      rows.data()[i] = static_cast<double>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) * 2654435761u)) /
                       4294967296.0 * static_cast<double>(i / features + 1);
    const PCA pca(rows, count - 1);
    const Tensor<2, double> projected = pca.transform(rows);
    for (Index k = 0; k < count - 1; ++k) {
      CAPTURE(k);
      double length = 0, variance = 0;
      for (Index i = 0; i < features; ++i) length += pca.components(k, i) * pca.components(k, i);
      for (Index n = 0; n < count; ++n) variance += projected(n, k) * projected(n, k) / static_cast<double>(count - 1);
      CHECK(length == doctest::Approx(1).epsilon(1e-13));
      CHECK(variance == doctest::Approx(pca.explained_variance[static_cast<std::size_t>(k)]).epsilon(1e-12));
      if (features != scikit::wide_features) continue;
      CHECK(pca.explained_variance[static_cast<std::size_t>(k)] ==
            doctest::Approx(scikit::wide_explained_variance[k]).epsilon(1e-12));
      check_equal(&pca.components(k, 0), scikit::wide_components + 8 * k, 8);
    }
  }
}

TEST_CASE("errors name the values") {
  const Tensor<2, double> rows = samples();
  CHECK_THROWS_WITH_AS(PCA(rows, 5), "PCA: expected 1 to 4 components of 24 samples of 4 features, received 5",
                       std::invalid_argument);
  CHECK_THROWS_AS(PCA(rows, 0), std::invalid_argument);
  CHECK_THROWS_WITH_AS(PCA(slice(rows, 0, 1), 1), "PCA: expected at least 2 samples, received 1",
                       std::invalid_argument);
  Tensor<2, double> broken = rows;
  broken(3, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(PCA(broken, 2), "PCA: sample 3, feature 1: expected a finite number, received nan",
                       std::invalid_argument);
  for (const double number : {0.5, 0.1, -1e-300, 1e300}) {  // the mean of 24 times 0.1 is not 0.1
    broken.setConstant(number);
    CHECK_THROWS_WITH_AS(PCA(broken, 2), "PCA: expected samples that differ, received 24 equal ones",
                         std::invalid_argument);
  }
  CHECK_THROWS_WITH_AS(PCA(rows, 2).transform(Tensor<2>(1, 3)), "PCA: fitted to 4 features, received 3",
                       std::invalid_argument);
}
