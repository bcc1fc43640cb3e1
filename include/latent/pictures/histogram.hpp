/// Histograms: bars over bins of equal width.
#pragma once

#include "latent/pictures/plot.hpp"

namespace latent::pictures {

/// How a histogram looks.
struct HistogramOptions {
  std::string title = {}, x_label = {}, y_label = {};  ///< no y_label: "share of the values"
  int width = 1200, height = 750;                      ///< of the picture, in pixels
  int text_size = 15;                                  ///< height of a capital letter in pixels
  int bins = 40;                                       ///< how many bars
};

/// A picture of the share of the values in each of `bins` bins between the smallest and the largest. Values that are
/// not finite are left out.
///
///     save_png("code.png", histogram(values, {.title = "Values of the code", .x_label = "value"}));
///
/// Throws `std::invalid_argument` if there is no finite value or no bin.
LATENT_COLD inline Image histogram(const std::vector<double>& values, const HistogramOptions& options = {}) {
  const PlotOptions frame_options{.title = options.title,
                                  .x_label = options.x_label,
                                  .y_label = options.y_label.empty() ? "share of the values" : options.y_label,
                                  .width = options.width,
                                  .height = options.height,
                                  .text_size = options.text_size};
  detail::check_size("histogram", frame_options);
  check(options.bins >= 1 && options.bins <= 10000, "histogram: expected 1 to 10000 bins, received ", options.bins);
  Range range;
  std::size_t finite = 0;
  for (double value : values)
    if (drawable(value)) range.include(value), ++finite;
  check(finite > 0, "histogram: expected at least 1 finite value, received none among ", values.size());
  const double largest = std::max(std::abs(range.low), std::abs(range.high)), length = range.high - range.low;
  if (length <= 1e-12 * largest || length < 1e-290) {  // one value, but for its rounding: in the middle
    const double room = std::max(0.5, 1e-3 * largest);
    range = {range.low - room, range.high + room};
  }

  std::vector<double> shares(static_cast<std::size_t>(options.bins), 0.0);
  const double width = (range.high - range.low) / options.bins;
  for (double value : values)
    if (drawable(value))
      shares[std::min(shares.size() - 1, static_cast<std::size_t>((value - range.low) / width))] +=
          1.0 / static_cast<double>(finite);

  Range y{0, 0};
  for (double share : shares) y.include(share);
  Image image(options.width, options.height);
  const int top = detail::draw_title(image, frame_options) + options.text_size / 2;
  const Frame frame =
      detail::draw_frame(image, frame_options, top, with_margin_around(range), with_margin(y, 0.05), false);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto edge = [&](std::size_t bin) {
      return static_cast<int>(std::lround(frame.across(range.low + static_cast<double>(bin) * width)));
    };
    const int left = edge(i), right = edge(i + 1);
    const int high = static_cast<int>(std::lround(frame.down(shares[i]))), low = frame.box.y + frame.box.height;
    const int gap = right - left >= 6 ? 1 : 0;
    fill_rectangle(image, {left, high, std::max(1, right - left - gap), low - high}, curve_colors[0]);
  }
  return image;
}

}  // namespace latent::pictures
