#include <doctest/doctest.h>

#include <latent/evaluation/roc_curve.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {
double value(const AUC& auc, const std::vector<double>& y, const std::vector<double>& t, double first_weight = 1) {
  std::vector<double> sums(static_cast<std::size_t>(auc.sums(1, 1)));
  for (std::size_t n = 0; n < y.size(); ++n) auc.add(&y[n], &t[n], 1, 1, n == 0 ? first_weight : 1, sums.data());
  return auc.value(sums);
}
}  // namespace

TEST_CASE(
    "the area below the ROC curve, by hand and as the exact one where every prediction is between thresholds of its "
    "own") {
  CHECK(value({.num_thresholds = 3}, {0, 0.5, 0.3, 0.9}, {0, 0, 1, 1}) ==
        0.75);  // the example of Keras's documentation
  CHECK(value({}, {0.1, 0.2, 0.8, 0.9}, {0, 0, 1, 1}) == 1);
  CHECK(value({}, {0.9, 0.8, 0.2, 0.1}, {0, 0, 1, 1}) == 0);
  CHECK(value({}, {0.5, 0.5}, {0, 1}) == 0.5);  // equal ones are parted as by chance
  CHECK(value({}, {0.1, 0.9}, {1, 1}) == 0);    // nothing is wrong
  CHECK(value({}, {}, {}) == 0);
  const Random random(Seed{3}, Purpose::test);
  std::vector<double> y, t;
  std::vector<int> is_one;
  for (Index n = 0; n < 60; ++n) {
    y.push_back((static_cast<double>((n * 37) % 60) + 0.5) / 60);
    is_one.push_back(random.uniform(n) < y.back() ? 1 : 0);
    t.push_back(is_one.back());
  }
  const double exact = evaluation::roc_auc_score(is_one, y);
  REQUIRE((exact > 0.6 && exact < 0.95));
  CHECK(value({.num_thresholds = 61}, y, t) == doctest::Approx(exact).epsilon(1e-12));
  const double few = value({.num_thresholds = 7}, y, t);
  CHECK(value({.num_thresholds = 7, .summation_method = AUCSummationMethod::minoring}, y, t) < few - 0.01);
  CHECK(value({.num_thresholds = 7, .summation_method = AUCSummationMethod::majoring}, y, t) > few + 0.01);
}

TEST_CASE("weights, thresholds that a prediction equals, logits, and what is no probability") {
  CHECK(value({}, {0.3, 0.2, 0.4}, {1, 0, 0}, 3) == 0.5);
  CHECK(value({.curve = AUCCurve::PR}, {0.3, 0.2, 0.4}, {1, 0, 0}, 3) ==
        doctest::Approx(value({.curve = AUCCurve::PR}, {0.3, 0.3, 0.3, 0.2, 0.4}, {1, 1, 1, 0, 0})));
  // 0.5 is not above the threshold 0.5 of three.
  CHECK(value({.num_thresholds = 3}, {0.5, 0.4}, {1, 0}) == 0.5);
  CHECK(value({.num_thresholds = 3}, {0.51, 0.5}, {1, 0}) == 1);
  CHECK(value({.from_logits = true}, {-2, 2}, {0, 1}) == 1);
  CHECK(value({.from_logits = false}, {-2, -1, 3, 1}, {0, 1, 1, 0}) == 0.5);  // 0, 0, 1, 1
  CHECK(value({}, {NAN, 0.2, 0.8}, {1, 0, 1}) == 1);                          // NaN is nowhere
  CHECK_THROWS_AS(AUC{.num_thresholds = 1}.check_options(), std::invalid_argument);
  CHECK_NOTHROW(AUC{.num_thresholds = 2}.check_options());
}
