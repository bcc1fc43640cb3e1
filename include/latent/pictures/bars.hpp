/// Numbers with names as bars, to compare the results of experiments.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "latent/pictures/page.hpp"
#include "latent/pictures/plot.hpp"

namespace latent::pictures {

/// One bar.
struct Bar {
  std::string name;  ///< below it
  double value = 0;  ///< its length
  int group = 0;     ///< bars of one group follow each other in one colour; between groups there is a gap
};

/// How a picture of bars looks.
struct BarOptions {
  std::string title = {}, x_label = {};
  std::optional<int> decimals =
      {};              ///< of the number after each bar; by default 2, and up to 6 if the longest bar is below 0.1
  int width = 1000;    ///< of the picture, in pixels
  int text_size = 15;  ///< height of a capital letter in pixels
};

/// A picture of horizontal bars from 0 to the right, each with its name and number. Throws std::invalid_argument if
/// there are none, or a value is negative or not finite.
LATENT_COLD inline Image bars(const std::vector<Bar>& numbers, const BarOptions& options = {}) {
  check(!numbers.empty(), "bars: expected at least 1 bar, received none");
  double largest = 0;
  for (const Bar& bar : numbers) {
    check(std::isfinite(bar.value) && bar.value >= 0 && drawable(bar.value), "bars: expected values of at least 0, \"",
          bar.name, "\" has ", bar.value);
    largest = std::max(largest, bar.value);
  }
  const auto needed = [&] { return std::clamp(2 - static_cast<int>(std::floor(std::log10(largest))), 2, 6); };
  const int decimals = options.decimals.value_or(largest > 0 && largest < 0.1 ? needed() : 2);
  check(decimals >= 0 && decimals <= 17, "bars: expected 0 to 17 decimals, received ", decimals);
  const Page page{options.title, options.text_size};
  const int size = options.text_size, margin = page.margin, step = 2 * size;
  std::vector<std::string> names, values;
  int height = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Bar& bar = numbers[i];
    names.push_back(bar.name);
    values.push_back(with_decimals(bar.value, decimals));
    height += step + (i > 0 && bar.group != numbers[i - 1].group ? size : 0);
  }
  const int top = page.top();
  const int left = margin + widest_text(names, size) + size;
  const int longest = options.width - left - margin - 2 * size - widest_text(values, size);
  check(longest >= 4 * size, "bars: no room beside the names and numbers in ", options.width, " pixels");
  Image image(options.width, top + height + margin + (options.x_label.empty() ? 0 : 2 * size));
  page.draw_title(image);
  int y = top;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Bar& bar = numbers[i];
    if (i > 0 && bar.group != numbers[i - 1].group) y += size;
    const int length = largest > 0 ? static_cast<int>(std::lround(bar.value / largest * longest)) : 0;
    fill_rectangle(image, {left, y, length, step - size / 3},
                   curve_colors[static_cast<std::size_t>(std::abs(bar.group)) % curve_colors.size()]);
    const double base = y + (step - size / 3 + size) / 2.0;
    draw_text(image, {static_cast<double>(left - size), base}, names[i], {.size = size, .align = Align::right});
    draw_text(image, {left + length + size / 2.0, base}, values[i], {.size = size});
    y += step;
  }
  draw_text(image, {left + longest / 2.0, static_cast<double>(y + 2 * size)}, shortened(options.x_label, size, longest),
            {.size = size, .align = Align::center});
  return image;
}

}  // namespace latent::pictures
