/// Quantiles, as for a threshold that so many usual samples stay below.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

/// The number that a share q of the numbers lies at or below, between two of them on a line; q = 0.5 is the median. As numpy.quantile;
/// NaN if one of the numbers is.
/// https://numpy.org/doc/stable/reference/generated/numpy.quantile.html
/// Throws std::invalid_argument if there are no numbers or q is not within 0 and 1.
[[gnu::cold]] inline double quantile(std::vector<double> numbers, double q) {
  check(!numbers.empty(), "quantile: expected at least one number, received none");
  check(q >= 0 && q <= 1, "quantile: expected a share q of 0 to 1, received ", q);
  for (const double number : numbers)
    if (std::isnan(number)) return number;
  std::sort(numbers.begin(), numbers.end());
  const double place = q * static_cast<double>(numbers.size() - 1), fraction = place - std::floor(place);
  const auto below = static_cast<std::size_t>(place);
  const double low = numbers[below];
  return fraction == 0 ? low : std::lerp(low, numbers[below + 1], fraction);
}

}  // namespace latent::evaluation
