#include <doctest/doctest.h>

#include <limits>

#include "evaluation/scikit_reference.hpp"
#include "latent/evaluation/neighbours.hpp"
#include "latent/evaluation/trustworthiness.hpp"

using namespace latent;
using namespace latent::evaluation;

namespace {

template <class Scalar>
Tensor<2, Scalar> reference(const double* numbers, Index features) {
  Tensor<2, Scalar> rows(scikit::count, features);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<Scalar>(numbers[i]);
  return rows;
}

/// Points on a line.
Tensor<2> line(const std::vector<float>& at) {
  Tensor<2> points(static_cast<Index>(at.size()), 1);
  std::copy(at.begin(), at.end(), points.data());
  return points;
}

}  // namespace

TEST_CASE("squared distances, by hand and for any number of threads") {
  Tensor<2, double> points(3, 2);
  points.setValues({{0, 0}, {3, 4}, {-1, 0}});
  const double expected[] = {0, 25, 1, 25, 0, 32, 1, 32, 0};
  for (const int threads : {1, 2, 5}) {
    const Tensor<2, double> distances = squared_distances(points, threads);
    for (Index i = 0; i < 9; ++i) CHECK(distances.data()[i] == expected[i]);
  }
}

TEST_CASE("squared distances of more samples than are taken at a time, with some left over") {
  for (const Index count : {16, 17, 33}) {
    Tensor<2, double> points(count, 3);
    for (Index i = 0; i < points.size(); ++i) points.data()[i] = static_cast<double>(i * i % 37) / 8;
    const Tensor<2, double> distances = squared_distances(points);
    for (Index i = 0; i < count; ++i)
      for (Index j = 0; j < count; ++j) {
        double expected = 0;
        for (Index k = 0; k < 3; ++k) expected += std::pow(points(i, k) - points(j, k), 2);
        CHECK(distances(i, j) == expected);
      }
  }
}

TEST_CASE("numbers that are not finite are found wherever they are") {
  for (Index at = 0; at < 6; ++at) {
    Tensor<2> samples(2, 3);
    samples.setConstant(0.5f);
    samples.data()[at] = INFINITY;
    CHECK_THROWS_WITH_AS(
        latent::evaluation::detail::check_finite(samples, "test"),
        text("test: sample ", at / 3, ", feature ", at % 3, ": expected a finite number, received inf").c_str(),
        std::invalid_argument);
  }
}

TEST_CASE("numbers are scaled where their squares leave the range of a float, and only there") {
  for (const int power : {-126, -30, -20, -19, 0, 20, 21, 120}) {
    const float largest = std::ldexp(0.75f, power);
    for (const Tensor<2>& samples : {line({largest / 4, 0, -largest}), line({-largest, 0, largest / 4})}) {
      const Tensor<2> scaled = latent::evaluation::detail::in_range(samples, "test");
      for (Index i = 0; i < 3; ++i)
        CHECK(scaled.data()[i] == (std::abs(power) > 20 ? std::ldexp(samples.data()[i], -power) : samples.data()[i]));
    }
  }
}

TEST_CASE("of neighbours that are equally near in the plane the first counts") {
  // Sample 0 is shown between 1 and 2. The neighbours shown are 1, 0, 0, 4, 3, 4, and their ranks 1, 1, 3, 2, 2, 1;
  // samples 0 and 4 share the third rank from 2.
  const Tensor<2> truth = line({0, 1, 5, 6, 10, 12}), shown = line({1, 0, 2, 4, 5, 7});
  CHECK(trustworthiness(truth, shown, 1) == doctest::Approx(1 - 2.0 / (6 * (12 - 3 - 1)) * (2 + 1 + 1)).epsilon(1e-15));
}

TEST_CASE("trustworthiness by hand") {
  // Six points on a line, the first of which is shown at the other end. With one neighbour, three of them are given a
  // wrong one: the first, shown beside the sixth, which is the farthest of five (rank 5, costs 4); the sixth the same
  // way round; and the second, whose neighbour was the first, is left with the third (rank 2, costs 1).
  const Tensor<2> truth = line({0, 1, 2.1f, 3.3f, 4.6f, 6.1f}), shown = line({6.6f, 1, 2.1f, 3.3f, 4.6f, 6.1f});
  CHECK(trustworthiness(truth, shown, 1) == doctest::Approx(1 - 2.0 / (6 * 1 * (12 - 3 - 1)) * 9).epsilon(1e-15));
  CHECK(trustworthiness(truth, truth, 2) == 1);
}

TEST_CASE("as scikit-learn") {
  const auto samples = reference<double>(scikit::samples, scikit::features),
             plane = reference<double>(scikit::plane, 2);
  for (const int threads : {1, 2, 3}) {
    CHECK(trustworthiness(samples, plane, 5, threads) == doctest::Approx(scikit::trustworthiness_5).epsilon(1e-14));
    CHECK(trustworthiness(samples, plane, 3, threads) == doctest::Approx(scikit::trustworthiness_3).epsilon(1e-14));
  }
  CHECK(trustworthiness(samples, plane) == doctest::Approx(scikit::trustworthiness_5).epsilon(1e-14));
  std::vector<int> labels;
  for (int n = 0; n < scikit::count; ++n) labels.push_back(n % 3);
  CHECK(neighbour_accuracy(reference<float>(scikit::plane, 2), labels, 5) ==
        doctest::Approx(scikit::accuracy_5).epsilon(1e-14));
}

TEST_CASE("the accuracy of the nearest neighbours, the code itself left out") {
  const Tensor<2> codes = line({0, 1, 2.5f, 10, 11, 12.5f});
  CHECK(neighbour_accuracy(codes, {4, 4, 4, 7, 7, 7}, 2) == 1);
  // The third sees two sevens, the first and the second each one of both, of which 4 is the smaller.
  CHECK(neighbour_accuracy(codes, {7, 7, 4, 7, 7, 7}, 2) == doctest::Approx(3.0 / 6));
  CHECK(neighbour_accuracy(codes, {0, 1, 2, 3, 4, 5}, 1) == 0);
}

TEST_CASE("errors name the values") {
  const Tensor<2> six = line({0, 1, 2, 3, 4, 5});
  CHECK_THROWS_WITH_AS(trustworthiness(six, line({1, 2})), "trustworthiness: 6 samples but 2 in the plane",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(trustworthiness(six, six, 3),
                       "trustworthiness: expected 1 neighbour to less than half of 6 samples, received 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(trustworthiness(six, six, 0),
                       "trustworthiness: expected 1 neighbour to less than half of 6 samples, received 0",
                       std::invalid_argument);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(trustworthiness(six, line({0, 1, 2, 3, 4, nan}), 2),
                       "trustworthiness: sample 5, feature 0: expected a finite number, received nan",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(neighbour_accuracy(six, {1, 2, 3, 4, 5, 6}, 6),
                       "neighbour_accuracy: expected 1 to 5 neighbours of 6 codes, received 6", std::invalid_argument);
  CHECK_THROWS_WITH_AS(neighbour_accuracy(six, {1, 2, 3, 4, 5, 6}, 0),
                       "neighbour_accuracy: expected 1 to 5 neighbours of 6 codes, received 0", std::invalid_argument);
  CHECK(neighbour_accuracy(six, {1, 1, 1, 1, 1, 2}, 5) == doctest::Approx(5.0 / 6));
  CHECK_THROWS_WITH_AS(neighbour_accuracy(six, {1}, 1), "neighbour_accuracy: 6 codes but 1 labels",
                       std::invalid_argument);
}
