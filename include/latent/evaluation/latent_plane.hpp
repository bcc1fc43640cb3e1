/// Points in a plane of codes, to be decoded: the manifold that a decoder has learnt.
///
///     const auto x = evenly(30, -2, 2), y = evenly(30, -2, 2);
///     save_png("manifold.png", sheet(decoder.predict(plane(x, y)), 30, 30, {.x = {-2, 2}, .y = {-2, 2}}));
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

/// The z with P(x <= z) = p for a normal x, for any double p. Newton's method on the logarithm of the distribution function, from the
/// left: the logarithm bends downwards everywhere, so that no step goes too far. Throws std::invalid_argument unless 0 < p < 1.
inline double normal_quantile(double p) {
  check(p > 0 && p < 1, "normal_quantile: a probability between 0 and 1, both excluded, received ", p);
  if (p > 0.5) return -normal_quantile(1 - p);
  double z = -std::sqrt(-2 * std::log(2 * p));  // P(x <= z) is at most exp(-z^2 / 2) / 2
  for (int i = 0; i < 20; ++i) {
    // The distribution function divided by the density; far out as a series (Abramowitz and Stegun, 26.2.12).
    const double square = z * z, root = std::sqrt(2 * std::numbers::pi);
    const double ratio = z > -30 ? std::erfc(-z / std::numbers::sqrt2) / 2 * root * std::exp(square / 2)
                                 : (1 - (1 - (3 - (15 - 105 / square) / square) / square) / square) / -z;
    z -= ratio * (std::log(ratio / root) - square / 2 - std::log(p));
  }
  return z;
}

/// `count` numbers from `first` to `last`, both included; numpy.linspace. Throws std::invalid_argument for a count below 1
/// and for ends that are not finite.
inline std::vector<double> evenly(Index count, double first, double last) {
  check(count >= 1, "evenly: expected at least 1 number, received ", count);
  check(std::isfinite(first) && std::isfinite(last), "evenly: expected finite numbers, received ", first, " and ",
        last);
  check(std::isfinite(last - first), "evenly: expected numbers at a finite distance, received ", first, " and ", last);
  std::vector<double> numbers;
  for (Index i = 0; i < count; ++i)
    numbers.push_back(count == 1 ? first / 2 + last / 2
                      : i == count - 1
                          ? last
                          : first + (last - first) * static_cast<double>(i) / static_cast<double>(count - 1));
  return numbers;
}

/// `count` numbers with the density of a normal distribution: its quantiles at (1/2) / count, (3/2) / count, ...
/// A normally distributed code is equally likely to lie near any of them.
inline std::vector<double> normal_quantiles(Index count) {
  check(count >= 1, "normal_quantiles: expected at least 1 number, received ", count);
  std::vector<double> numbers;
  for (Index i = 0; i < count; ++i)
    numbers.push_back(normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(count)));
  return numbers;
}

/// All points (x, y), as rows of a picture: from the last y up to the first, in each from the first x to the last.
inline Tensor<2> plane(const std::vector<double>& x, const std::vector<double>& y) {
  Tensor<2> points(static_cast<Index>(x.size() * y.size()), 2);
  Index row = 0;
  for (std::size_t j = y.size(); j-- > 0;)
    for (const double at : x) {
      points(row, 0) = static_cast<float>(at);
      points(row++, 1) = static_cast<float>(y[j]);
    }
  return points;
}

}  // namespace latent::evaluation
