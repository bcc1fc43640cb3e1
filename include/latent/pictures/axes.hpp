/// The coordinate system of a plot: ticks at round numbers, grid lines, labels.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "latent/pictures/font.hpp"
#include "latent/pictures/image.hpp"

namespace latent::pictures {

/// Larger numbers are not drawn, so that differences do not overflow.
inline bool drawable(double value) { return std::abs(value) <= 1e300; }

/// From the lowest to the highest number of something.
struct Range {
  double low = INFINITY;    ///< the lowest number; at first nothing is in the range
  double high = -INFINITY;  ///< the highest number

  /// Whether nothing is in it.
  bool empty() const { return low > high; }
  /// Makes the range hold the value, unless that is not drawable (infinite, NaN).
  void include(double value) {
    if (!drawable(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// The range with room on both sides, a share of its length. A single value gets a range around it, an empty range
/// becomes 0 ... 1. Values that are nowhere negative get no negative range.
inline Range with_margin(Range range, double share) {
  if (range.empty()) return {0, 1};
  const double largest = std::max(std::abs(range.low), std::abs(range.high)), length = range.high - range.low;
  const bool single = length <= 1e-12 * largest || length < 1e-290;
  const double margin = !single ? share * length : largest > 1e-280 ? 0.1 * largest : 1;
  return {range.low >= 0 ? std::max(0.0, range.low - margin) : range.low - margin, range.high + margin};
}

/// The same on both sides of the values, also where they are nowhere negative: for points in the plane.
inline Range with_margin_around(Range range, double share = 0.03) {
  if (range.empty()) return {0, 1};
  const double length = range.high - range.low, largest = std::max(std::abs(range.low), std::abs(range.high));
  const double margin = length > 1e-12 * largest && length > 1e-290 ? share * length
                        : largest > 1e-280                          ? 0.1 * largest
                                                                    : 1;
  return {range.low - margin, range.high + margin};
}

/// The multiples of 1, 2 or 5 times a power of ten within the range: of all such steps the finest one that gives no
/// more than `at_most` ticks. With `whole`, whole numbers only. Throws `std::invalid_argument` if `at_most` is below 2
/// or the range too short to be divided.
LATENT_COLD inline std::vector<double> nice_ticks(Range range, int at_most, bool whole = false) {
  const double length = range.high - range.low;
  check(at_most >= 2, "nice_ticks: expected room for at least 2 ticks, received ", at_most);
  check(
      std::isfinite(length) && length > 1e-290 && length > 1e-13 * std::max(std::abs(range.low), std::abs(range.high)),
      "nice_ticks: expected two ends that differ by more than their rounding, received ", range.low, " and ",
      range.high);
  const double slack = 1e-9;  // in steps: an end of the range that is a tick up to rounding is one
  int power = static_cast<int>(std::floor(std::log10(length / at_most)));
  if (whole) power = std::max(power, 0);
  for (;; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double step = factor * std::pow(10.0, power);
      const double first = std::ceil(range.low / step - slack), last = std::floor(range.high / step + slack);
      if (last - first + 1 > at_most) continue;
      std::vector<double> ticks;
      for (double i = first; i <= last; ++i) {
        // Dividing by a power of ten gives the double nearest to the decimal number; 3 * 0.1 would not be 0.3.
        const double value = power < 0 ? i * factor / std::pow(10.0, -power) : i * step;
        ticks.push_back(value + 0.0);  // -0 becomes 0
      }
      return ticks;
    }
  }
}

/// The ticks as text, all with the same number of decimals, no more than tell them apart.
LATENT_COLD inline std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
  double largest = 0;
  for (double tick : ticks) largest = std::max(largest, std::abs(tick));
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : largest;
  const auto magnitude = [](double value) { return static_cast<int>(std::floor(std::log10(value) + 1e-6)); };
  const bool plain = largest < 1e6 && (step > 0.99e-4 || (largest >= 0.1 && step > 0.99e-8));
  std::vector<std::string> labels;
  for (double tick : ticks) {
    if (plain || tick == 0) {
      // A single tick has no step to tell its decimals.
      labels.push_back(ticks.size() == 1 ? with_digits(tick, 6)
                                         : with_decimals(tick, plain ? std::max(0, -magnitude(step)) : 0));
    } else {
      const int power = magnitude(std::abs(tick));
      const int decimals = std::clamp(power - magnitude(step), 0, 15);
      const double digits = tick / std::pow(10.0, power);
      const bool alone = ticks.size() == 1;
      labels.push_back((alone ? with_digits(digits, 6) : with_decimals(digits, decimals)) + "e" +
                       std::to_string(power));
    }
  }
  return labels;
}

/// Where numbers lie in the picture: `x` goes from the left to the right edge of `box`, `y` from its bottom to its top.
struct Frame {
  Box box;  ///< in pixels
  Range x, y;

  /// The place of a number on the x axis, counted from the left edge of the picture.
  double across(double at_x) const { return box.x + (at_x - x.low) / (x.high - x.low) * box.width; }
  /// The place of a number on the y axis, counted from the upper edge of the picture.
  double down(double at_y) const { return box.y + box.height - (at_y - y.low) / (y.high - y.low) * box.height; }
  /// The place of a point in the picture.
  Point operator()(double at_x, double at_y) const { return {across(at_x), down(at_y)}; }
};

/// The pixel that a place lies in. Rounding must not decide on which side of an edge between two pixels it lies: fused
/// multiplications round otherwise than separate ones.
inline int pixel_at(double place) { return static_cast<int>(place + 1e-6); }

/// The marks and words along one axis.
struct Axis {
  std::vector<double> ticks;  ///< where the marks are, in the axis's own numbers
  std::vector<std::string> labels;
  std::string title;
};

/// `nice_ticks` and their labels.
LATENT_COLD inline Axis linear_axis(Range range, int at_most, bool whole = false) {
  const std::vector<double> ticks = nice_ticks(range, at_most, whole);
  return {ticks, tick_labels(ticks), {}};
}

/// Where a number stands on a logarithmic axis; NaN, which is no place, for those that are not more than 0 (or than 1e-280).
inline double exponent_of_ten(double value) { return drawable(value) && value > 1e-280 ? std::log10(value) : NAN; }

/// The range of a logarithmic axis with room on both sides; that of one number reaches from 0.9 to 1.1 times it, about.
inline Range with_margin_of_exponents(Range exponents, double share) {
  if (exponents.empty()) return {0, 1};
  const double length = exponents.high - exponents.low, margin = length > 1e-12 ? share * length : 0.045;
  return {exponents.low - margin, exponents.high + margin};
}

/// Ticks and labels of a logarithmic axis from 10^low to 10^high: 1, 2 and 5 times the powers of ten where these are few, or all,
/// every second, fifth, tenth ... power; within less than a decade, numbers at equal distances. The ticks are exponents.
LATENT_COLD inline Axis logarithmic_axis(Range exponents, int at_most) {
  Axis axis;
  const auto add = [&](double factor, int power) {
    const double at = std::log10(factor) + power;
    if (at < exponents.low - 1e-9 || at > exponents.high + 1e-9) return;
    axis.ticks.push_back(at);
    const bool plain = power >= -4 && power < 6;
    axis.labels.push_back(plain ? with_decimals(factor * std::pow(10.0, power), std::max(0, -power))
                                : text(factor, "e", power));
  };
  const int first = static_cast<int>(std::floor(exponents.low)), last = static_cast<int>(std::floor(exponents.high));
  for (int power = first; power <= last; ++power)
    for (const double factor : {1.0, 2.0, 5.0}) add(factor, power);
  if (axis.ticks.size() >= 3 && static_cast<int>(axis.ticks.size()) <= at_most) return axis;
  if (axis.ticks.size() < 3 && last - first <= 1) {
    axis = linear_axis({std::pow(10.0, exponents.low), std::pow(10.0, exponents.high)}, at_most);
    for (double& tick : axis.ticks) tick = std::log10(tick);
    return axis;
  }
  const Axis fine = axis;
  for (const int every : {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}) {
    axis = {};
    for (int power = first; power <= last; ++power)
      if (power % every == 0) add(1, power);
    if (static_cast<int>(axis.ticks.size()) <= at_most) break;
  }
  if (axis.ticks.size() < 2)  // it takes two to show what the axis is
    axis = {{fine.ticks.front(), fine.ticks.back()}, {fine.labels.front(), fine.labels.back()}, {}};
  return axis;
}

/// Draws grid lines, the left and the lower axis, tick labels and the axes' titles around and into the frame.
/// The title of the y axis is centred on column `y_title`, that of the x axis stands on the baseline `x_title`.
LATENT_COLD inline void draw_axes(Image& image, const Frame& frame, const Axis& x, const Axis& y, int size, int x_title,
                                  int y_title) {
  constexpr Color grid_color{226, 226, 226}, axis_color{70, 70, 70};
  const Box& box = frame.box;
  const int right = box.x + box.width, bottom = box.y + box.height, thick = std::max(1, size / 8), mark = size / 3;
  for (double tick : x.ticks) {
    fill_rectangle(image, {pixel_at(frame.across(tick)), box.y, 1, box.height}, grid_color);
  }
  for (double tick : y.ticks) {
    fill_rectangle(image, {box.x, pixel_at(frame.down(tick)), box.width, 1}, grid_color);
  }
  for (std::size_t i = 0; i < x.ticks.size(); ++i) {
    const int at = pixel_at(frame.across(x.ticks[i]));
    fill_rectangle(image, {at - (thick - 1) / 2, bottom, thick, mark + thick}, axis_color);
    draw_text(image, {at + 0.5, bottom + mark + 1.9 * size}, x.labels[i], {.size = size, .align = Align::center});
  }
  for (std::size_t i = 0; i < y.ticks.size(); ++i) {
    const int at = pixel_at(frame.down(y.ticks[i]));
    fill_rectangle(image, {box.x - mark - thick, at - (thick - 1) / 2, mark + thick, thick}, axis_color);
    draw_text(image, {box.x - mark - 0.7 * size, at + 0.5 * size}, y.labels[i], {.size = size, .align = Align::right});
  }
  fill_rectangle(image, {box.x - thick, box.y, thick, box.height + thick}, axis_color);
  fill_rectangle(image, {box.x - thick, bottom, right - box.x + thick, thick}, axis_color);
  draw_text(image, {box.x + box.width / 2.0, static_cast<double>(x_title)}, x.title,
            {.size = size, .align = Align::center});
  draw_text(image, {y_title + size / 2.0, box.y + box.height / 2.0}, y.title,
            {.size = size, .align = Align::center, .upward = true});
}

}  // namespace latent::pictures
