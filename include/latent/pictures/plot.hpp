/// Curves over numbers: the loss over the epochs.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "latent/core/text.hpp"
#include "latent/pictures/axes.hpp"
#include "latent/pictures/font.hpp"
#include "latent/pictures/image.hpp"
#include "latent/pictures/page.hpp"

namespace latent::pictures {

/// Values over positions. Values that are NaN or infinite leave a gap.
struct Curve {
  std::string name;  ///< stands in the legend; a curve without a name does not
  std::vector<double> y;
  std::vector<double> x = {};  ///< as many as y; by default 1, 2, 3, ...
};

/// How a picture of curves looks.
struct PlotOptions {
  std::string title = {}, x_label = {}, y_label = {};
  int width = 1200, height = 750;    ///< of the picture, in pixels
  std::optional<double> y_min = {};  ///< the lower end of the y axis; by default that of the curves
  std::optional<double> y_max = {};  ///< the upper end, likewise
  int text_size = 15;                ///< height of a capital letter in pixels
  bool log_x = false;                ///< a logarithmic x axis; numbers that are not more than 0 leave a gap
  bool log_y = false;                ///< the same of the y axis
};

/// Seven colours that colour-blind people tell apart as well: M. Okabe, K. Ito, "Color Universal Design", 2008, without
/// the yellow, which is hard to see on white.
inline constexpr std::array<Color, 7> curve_colors{
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {230, 159, 0}, {86, 180, 233}, {0, 0, 0}}};

namespace detail {

/// The pen of curve number i. With more than seven curves the colours come again, thinner.
LATENT_COLD inline Pen curve_pen(std::size_t i, int text_size) {
  const double width = std::max(1.0, text_size / 5.0 / (1.0 + static_cast<double>(i / curve_colors.size())));
  return {.width = width, .color = curve_colors[i % curve_colors.size()]};
}

inline double curve_x(const Curve& curve, std::size_t i) {
  return curve.x.empty() ? static_cast<double>(i + 1) : curve.x[i];
}

/// Throws `std::invalid_argument` unless the picture has room for its text.
LATENT_COLD inline void check_size(const char* what, const PlotOptions& options) {
  const int size = options.text_size;
  check(size >= 6 && size <= 100, what, ": expected a text size of 6 to 100 pixels, received ", size);
  check(options.width >= 20 * size && options.height >= 15 * size, what, ": a text size of ", size, " needs at least ",
        20 * size, " x ", 15 * size, " pixels, received ", options.width, " x ", options.height);
}

/// Returns the row below the title.
LATENT_COLD inline int draw_title(Image& image, const PlotOptions& options) {
  const Page page{options.title, options.text_size};
  page.draw_title(image);
  return page.top();
}

/// The row of the x axis.
inline int plot_bottom(const PlotOptions& options) {
  return options.height - Page{{}, options.text_size}.margin - 5 * options.text_size / 2 -
         (options.x_label.empty() ? 0 : 2 * options.text_size);
}

/// Draws the axes below row `top`, for a coordinate system that leaves `beside` pixels free on its right.
LATENT_COLD inline Frame draw_frame(Image& image, const PlotOptions& options, int top, Range x, Range y, bool whole,
                                    int beside = 0) {
  const int size = options.text_size, margin = Page{{}, size}.margin, bottom = plot_bottom(options);
  const int most_y = std::clamp((bottom - top) / (4 * size), 5, 10);
  Axis y_axis = options.log_y ? logarithmic_axis(y, most_y) : linear_axis(y, most_y);
  y_axis.title = shortened(options.y_label, size, bottom - top);
  const int left = margin + (options.y_label.empty() ? 0 : 2 * size) + widest_text(y_axis.labels, size) + size;
  const int right = options.width - margin - size - beside;
  check(right - left >= 4 * size, "plot: no room beside the labels of the y axis in ", options.width, " pixels");

  Frame frame{{left, top, right - left, bottom - top}, x, y};
  Axis x_axis;
  const auto choose_ticks = [&] {
    for (int at_most = std::clamp(frame.box.width / (3 * size), 2, 12);; --at_most) {
      x_axis = options.log_x ? logarithmic_axis(frame.x, at_most) : linear_axis(frame.x, at_most, whole);
      const int wanted = static_cast<int>(x_axis.ticks.size()) * (widest_text(x_axis.labels, size) + size);
      bool fits = wanted <= frame.box.width;
      for (std::size_t i = 1; i < x_axis.ticks.size(); ++i) {  // on a logarithmic axis they are not equally far apart
        const int halves = (text_width(x_axis.labels[i - 1], size) + text_width(x_axis.labels[i], size) + size) / 2;
        fits = fits && frame.across(x_axis.ticks[i]) - frame.across(x_axis.ticks[i - 1]) >= halves;
      }
      if (fits || at_most == 2) return;
    }
  };
  choose_ticks();
  // Half of the last label may stand beyond the end of the axis.
  const double half = x_axis.labels.empty() ? 0 : text_width(x_axis.labels.back(), size) / 2.0 + 2;
  const double beyond = x_axis.ticks.empty() ? 0 : frame.across(x_axis.ticks.back()) + half - options.width;
  if (beyond > 0) {
    frame.box.width = std::max(4 * size, frame.box.width - static_cast<int>(std::ceil(beyond)));
    choose_ticks();
  }
  x_axis.title = shortened(options.x_label, size, frame.box.width);
  draw_axes(image, frame, x_axis, y_axis, size, options.height - margin, margin + size / 2);
  return frame;
}

LATENT_COLD inline void check_plot(const std::vector<Curve>& curves, const PlotOptions& options) {
  check(!curves.empty(), "plot: expected at least 1 curve, received none");
  for (const Curve& curve : curves) {
    check(!curve.y.empty(), "plot: the curve \"", curve.name, "\" has no values");
    check(curve.x.empty() || curve.x.size() == curve.y.size(), "plot: the curve \"", curve.name, "\" has ",
          curve.x.size(), " x values but ", curve.y.size(), " y values");
  }
  check_size("plot", options);
  const auto usable = [](const std::optional<double>& end) { return !end || drawable(*end); };
  check(usable(options.y_min) && usable(options.y_max) &&
            !(options.y_min && options.y_max && *options.y_min >= *options.y_max),
        "plot: expected y_min < y_max, received ", options.y_min.value_or(NAN), " and ", options.y_max.value_or(NAN));
  for (const std::optional<double>& end : {options.y_min, options.y_max})
    check(!options.log_y || !end || std::isfinite(exponent_of_ten(*end)), "plot: a logarithmic y axis has no ",
          end.value_or(0), "; expected a y_min and a y_max of more than 1e-280");
}

/// The curves in the numbers of their axes.
LATENT_COLD inline std::vector<Curve> on_axes(std::vector<Curve> curves, const PlotOptions& options) {
  for (Curve& curve : curves) {
    if (options.log_x) {
      std::vector<double> x;
      for (std::size_t i = 0; i < curve.y.size(); ++i) x.push_back(exponent_of_ten(curve_x(curve, i)));
      curve.x = std::move(x);
    }
    if (options.log_y)
      for (double& y : curve.y) y = exponent_of_ten(y);
  }
  return curves;
}

/// The named curves in lines no wider than the picture, each line centred, in at most a third of its height: of more curves the last
/// are counted. Returns the height the legend takes.
LATENT_COLD inline int draw_legend(Image& image, const std::vector<Curve>& curves, const PlotOptions& options,
                                   int top) {
  struct Entry {
    std::size_t curve;
    std::string name;
  };
  const int size = options.text_size, sample = 2 * size, widest = options.width - 4 * size;
  const auto entry_width = [&](const Entry& entry) { return sample + size / 2 + text_width(entry.name, size); };
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < curves.size(); ++i)
    if (const std::string name = shortened(curves[i].name, size, widest - sample - size); !name.empty())
      entries.push_back({i, name});
  const int most_lines = std::max(1, options.height / 3 / (2 * size));
  int line = 0;
  for (std::size_t next = 0; next < entries.size() && line < most_lines; ++line) {
    const bool last = line + 1 == most_lines;
    const auto rest = [&](std::size_t end) { return text("and ", entries.size() - end, " more"); };
    const std::size_t first = next;
    int width = 0;
    for (; next < entries.size(); ++next) {
      const int wanted = width + (next == first ? 0 : 2 * size) + entry_width(entries[next]);
      const bool room_for_rest =
          !last || next + 1 == entries.size() || wanted + 2 * size + text_width(rest(next + 1), size) <= widest;
      if (next > first && (wanted > widest || !room_for_rest)) break;
      width = wanted;
    }
    const bool left_out = last && next < entries.size();
    const double base = top + size + line * 2 * size;
    double x = (options.width - width - (left_out ? 2 * size + text_width(rest(next), size) : 0)) / 2.0;
    for (std::size_t i = first; i < next; ++i) {
      draw_lines(image, {{{x, base - size / 2.0 + 0.5}, {x + sample, base - size / 2.0 + 0.5}}},
                 curve_pen(entries[i].curve, size));
      draw_text(image, {x + sample + size / 2, base}, entries[i].name, {.size = size});
      x += entry_width(entries[i]) + 2 * size;
    }
    if (left_out) draw_text(image, {x, base}, rest(next), {.size = size});
  }
  return line * 2 * size;
}

/// A curve as lines, broken where a value is missing, and dots: on all points if they are few, else on those that no
/// line would show.
LATENT_COLD inline void draw_curve(Image& image, const Frame& frame, const Curve& curve, const Pen& pen) {
  std::vector<Polyline> lines(1), dots;
  for (std::size_t i = 0; i < curve.y.size(); ++i) {
    if (drawable(curve.y[i]) && drawable(curve_x(curve, i))) {
      lines.back().push_back(frame(curve_x(curve, i), curve.y[i]));
    } else if (!lines.back().empty()) {
      lines.emplace_back();
    }
  }
  for (const Polyline& line : lines) {
    for (Point p : line) {
      if (curve.y.size() <= 40 || line.size() == 1) dots.push_back({p});
    }
  }
  draw_lines(image, lines, pen);
  Pen dot = pen;
  dot.width = 3 * pen.width;
  draw_lines(image, dots, dot);
}

}  // namespace detail

/// A picture of curves in one coordinate system, with a legend above it.
///
///     save_png("loss.png", plot({{"train", losses}, {"validation", val_losses}}, {.x_label = "epoch"}));
///
/// With `.log_y = true`, a loss that falls by powers of ten is seen to the end.
///
/// Throws `std::invalid_argument` if there is no curve, a curve has no values or another number of x values, or the
/// picture is too small for its text.
LATENT_COLD inline Image plot(const std::vector<Curve>& given, const PlotOptions& options = {}) {
  detail::check_plot(given, options);
  const std::vector<Curve> curves = detail::on_axes(given, options);
  Range x_values, y_values;
  bool whole = true;  // positions that are whole numbers, as epochs are, get no ticks between them
  for (const Curve& curve : curves) {
    for (std::size_t i = 0; i < curve.y.size(); ++i) {
      const double x = detail::curve_x(curve, i);
      if (!drawable(x) || !drawable(curve.y[i])) continue;
      x_values.include(x);
      y_values.include(curve.y[i]);
      whole = whole && x == std::floor(x);
    }
  }
  const Range x_range = options.log_x ? with_margin_of_exponents(x_values, 0.03) : with_margin(x_values, 0.03);
  Range y_range = options.log_y ? with_margin_of_exponents(y_values, 0.05) : with_margin(y_values, 0.05);
  const auto end = [&](const std::optional<double>& wanted, double own) {
    return !wanted ? own : options.log_y ? exponent_of_ten(*wanted) : *wanted;
  };
  y_range = {end(options.y_min, y_range.low), end(options.y_max, y_range.high)};
  if (y_range.low >= y_range.high) {  // the one end that was asked for lies beyond all values
    const double room = std::max(1.0, 0.1 * std::abs(options.y_min ? y_range.low : y_range.high));
    y_range = options.y_min ? Range{y_range.low, y_range.low + room} : Range{y_range.high - room, y_range.high};
  }

  Image image(options.width, options.height);
  const int size = options.text_size;
  int top = detail::draw_title(image, options);
  top += detail::draw_legend(image, curves, options, top) + size / 2;
  check(detail::plot_bottom(options) - top >= 4 * size, "plot: no room for ", curves.size(),
        " curves and their legend in ", options.width, " x ", options.height, " pixels");
  const Frame frame = detail::draw_frame(image, options, top, x_range, y_range, whole && !options.log_x);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    Pen pen = detail::curve_pen(i, size);
    if (options.y_min || options.y_max) pen.clip = frame.box;  // else all lies inside, but for half a dot on an axis
    detail::draw_curve(image, frame, curves[i], pen);
  }
  if (y_values.empty()) {
    draw_text(image, {frame.box.x + frame.box.width / 2.0, top + frame.box.height / 2.0},
              options.log_x || options.log_y ? "no finite values above 0" : "no finite values",
              {.size = size, .align = Align::center});
  }
  return image;
}

namespace detail {

LATENT_COLD inline Image plot_history(std::vector<Curve> curves, PlotOptions options, const std::string& metric) {
  const bool both = curves.size() == 2;
  if (options.title.empty()) options.title = (both ? "Training and validation " : "Training ") + metric;
  if (options.x_label.empty()) options.x_label = "epoch";
  if (options.y_label.empty()) options.y_label = metric;
  return plot(curves, options);
}

}  // namespace detail

/// The part of a History that is drawn: the values of each quantity, such as "loss" and "val_loss". Their epochs
/// are history.epochs(name), from 0, or 0, 1, 2 ... if there is no such function.
template <class H>
concept HasHistory = requires(const H& h) {
  { h.history } -> std::convertible_to<const std::map<std::string, std::vector<double>>&>;
};

/// The training and, if there is one, the validation curve of a loss or metric over the epochs. Labels that `options`
/// leaves empty are filled in. Throws `std::invalid_argument` if the history has no such quantity, or no epoch.
template <HasHistory H>
Image plot(const H& history, const PlotOptions& options = {}, const std::string& metric = "loss") {
  std::vector<Curve> curves;
  const auto add = [&](const std::string& label, const std::string& name) {
    if (!history.history.contains(name)) return;
    curves.push_back({label, history.history.at(name)});
    if constexpr (requires { history.epochs(name); })
      for (const int epoch : history.epochs(name)) curves.back().x.push_back(epoch + 1);
  };
  add("train", metric);
  check(!curves.empty(), "plot: expected a history of \"", metric, "\", received one of ", names_in(history.history));
  add("validation", "val_" + metric);
  return detail::plot_history(curves, options, metric);
}

}  // namespace latent::pictures
