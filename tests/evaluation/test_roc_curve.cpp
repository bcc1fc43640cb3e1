#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "latent/evaluation/roc_curve.hpp"

using namespace latent::evaluation;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check_equal(const std::vector<double>& received, const std::vector<double>& expected) {
  REQUIRE(received.size() == expected.size());
  for (std::size_t i = 0; i < received.size(); ++i) CHECK(received[i] == doctest::Approx(expected[i]).epsilon(1e-15));
}

}  // namespace

TEST_CASE("the example of scikit-learn's documentation") {
  const std::vector<int> kinds{0, 0, 1, 1};
  const std::vector<double> scores{0.1, 0.4, 0.35, 0.8};
  const RocCurve curve = roc_curve(kinds, scores);
  check_equal(curve.false_positive_rate, {0, 0, 0.5, 0.5, 1});
  check_equal(curve.true_positive_rate, {0, 0.5, 0.5, 1, 1});
  CHECK(curve.thresholds == std::vector<double>{infinity, 0.8, 0.4, 0.35, 0.1});
  CHECK(roc_auc_score(kinds, scores) == 0.75);
  CHECK(average_precision_score(kinds, scores) == doctest::Approx(0.8333333333333333).epsilon(1e-15));
}

TEST_CASE("equal scores are one point (scikit-learn 1.9)") {
  const std::vector<int> kinds{0, 0, 1, 1, 0, 1, 0, 1, 1, 0};
  const std::vector<double> scores{0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.2, 0.9, 0.1, 0.8};
  const RocCurve curve = roc_curve(kinds, scores);
  check_equal(curve.false_positive_rate, {0, 0, 0.2, 0.6, 0.6, 0.8, 1});
  check_equal(curve.true_positive_rate, {0, 0.2, 0.4, 0.6, 0.8, 0.8, 1});
  CHECK(curve.thresholds == std::vector<double>{infinity, 0.9, 0.8, 0.4, 0.35, 0.2, 0.1});
  CHECK(roc_auc_score(kinds, scores) == doctest::Approx(0.6).epsilon(1e-15));
  CHECK(average_precision_score(kinds, scores) == doctest::Approx(0.6476190476190475).epsilon(1e-15));
}

TEST_CASE("scores that part the kinds, that part them the wrong way round, and that say nothing") {
  CHECK(roc_auc_score({0, 1, 0, 1, 1}, {-2, 5, -infinity, 3, infinity}) == 1);
  CHECK(average_precision_score({0, 1, 0, 1, 1}, {-2, 5, -infinity, 3, infinity}) == 1);
  CHECK(roc_auc_score({0, 1, 0, 1}, {7, 5, 8, 3}) == 0);
  CHECK(roc_auc_score({0, 1, 0, 0}, {7, 7, 7, 7}) == 0.5);
  CHECK(average_precision_score({0, 1, 0, 0}, {7, 7, 7, 7}) == 0.25);
  CHECK(roc_curve({0, 1, 0, 0}, {7, 7, 7, 7}).true_positive_rate == std::vector<double>{0, 1});
}

TEST_CASE("what is no kind or no score is named") {
  CHECK_THROWS_WITH_AS(roc_curve({0, 1}, {1}), "roc_curve: expected as many kinds as scores, received 2 and 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(roc_auc_score({0, 2}, {1, 2}), "roc_auc_score: sample 1: expected the kind 0 or 1, received 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(average_precision_score({0, 1}, {1, std::nan("")}),
                       "average_precision_score: sample 1: expected a number as its score, received NaN",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(roc_auc_score({1, 1}, {1, 2}),
                       "roc_auc_score: expected samples of both kinds, received 0 of kind 0 and 2 of kind 1",
                       std::invalid_argument);
  CHECK_THROWS_AS(roc_curve({-1, 1, 0}, {1, 2, 3}), std::invalid_argument);
  CHECK_THROWS_AS(roc_curve({0, 1, 0}, {std::nan(""), 2, 3}), std::invalid_argument);
  CHECK_THROWS_AS(roc_curve({0, 0}, {1, 2}), std::invalid_argument);
  CHECK_THROWS_AS(roc_curve({}, {}), std::invalid_argument);
  CHECK(roc_auc_score({0, 1}, {1, 2}) == 1);  // one of each is enough
}
