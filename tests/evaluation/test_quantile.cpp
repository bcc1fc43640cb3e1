#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "latent/evaluation/quantile.hpp"

using namespace latent::evaluation;

TEST_CASE("quantiles as NumPy's") {
  const std::vector<double> numbers{3.5, -1, 2, 10, 4.25, 2};
  const std::vector<double> shares{0, 0.1, 0.25, 0.5, 0.9, 0.95, 1}, expected{-1, 0.5, 2, 2.75, 7.125, 8.5625, 10};
  for (std::size_t i = 0; i < shares.size(); ++i)
    CHECK(quantile(numbers, shares[i]) == doctest::Approx(expected[i]).epsilon(1e-15));
  CHECK(quantile({7}, 0.3) == 7);
  CHECK(std::isnan(quantile({1, std::nan(""), 2}, 0)));
  // An infinite number is no end of a line.
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(quantile({1, infinity, infinity}, 0.75) == infinity);
  CHECK(quantile({1, 2, infinity}, 0.5) == 2);
}

TEST_CASE("quantiles of nothing, and no shares") {
  CHECK_THROWS_WITH_AS(quantile({}, 0.5), "quantile: expected at least one number, received none",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(quantile({1}, 95), "quantile: expected a share q of 0 to 1, received 95", std::invalid_argument);
  CHECK_THROWS_AS(quantile({1}, std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(quantile({1}, -0.1), std::invalid_argument);
  CHECK_THROWS_AS(quantile({1, 2}, 1.1), std::invalid_argument);
}
