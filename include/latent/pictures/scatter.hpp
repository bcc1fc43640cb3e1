/// Points in the plane, coloured by label: the codes of an encoder.
#pragma once

#include <set>

#include "latent/core/tensor.hpp"
#include "latent/pictures/plot.hpp"

namespace latent::pictures {

/// Ten colours for ten classes, those of Tableau 10, which most plotting libraries start with.
inline constexpr std::array<Color, 10> label_colors{{{31, 119, 180},
                                                     {255, 127, 14},
                                                     {44, 160, 44},
                                                     {214, 39, 40},
                                                     {148, 103, 189},
                                                     {140, 86, 75},
                                                     {227, 119, 194},
                                                     {127, 127, 127},
                                                     {188, 189, 34},
                                                     {23, 190, 207}}};

/// A point with a name, drawn over the others.
struct Mark {
  double x, y;
  std::string name;  ///< beside it
};

/// How a picture of points looks.
struct ScatterOptions {
  std::string title = {}, x_label = {}, y_label = {};
  int width = 1200, height = 750;             ///< of the picture, in pixels
  int text_size = 15;                         ///< height of a capital letter in pixels
  std::vector<std::string> label_names = {};  ///< for the legend; none: the numbers
  std::vector<Mark> marks = {};               ///< drawn over the points
  double point = 3;                           ///< diameter in pixels
  Range least_x = {}, least_y = {};           ///< the axes cover at least this range, so that pictures can be compared

  /// What it has in common with a plot.
  PlotOptions frame() const {
    return {.title = title,
            .x_label = x_label,
            .y_label = y_label,
            .width = width,
            .height = height,
            .text_size = text_size};
  }
};

namespace detail {

LATENT_COLD inline Image draw_scatter(const std::vector<Point>& points, const std::vector<int>& labels,
                                      const ScatterOptions& options) {
  const PlotOptions frame_options = options.frame();
  check_size("scatter", frame_options);
  check(!points.empty(), "scatter: expected at least 1 point, received none");
  check(options.point > 0 && options.point <= 1000,
        "scatter: expected points of 0 to 1000 pixels, 0 excluded, received ", options.point);
  check(labels.empty() || labels.size() == points.size(), "scatter: ", points.size(), " points but ", labels.size(),
        " labels");
  Range x = options.least_x, y = options.least_y;
  const auto include = [&](double at_x, double at_y) {
    if (drawable(at_x) && drawable(at_y)) x.include(at_x), y.include(at_y);
  };
  for (Point point : points) include(point.x, point.y);
  for (const Mark& mark : options.marks) include(mark.x, mark.y);
  const std::set<int> kinds(labels.begin(), labels.end());

  const int size = options.text_size;
  const auto name_of = [&](int label) {
    const auto number = static_cast<std::size_t>(label);
    const bool named = label >= 0 && number < options.label_names.size();
    return shortened(named ? options.label_names[number] : std::to_string(label), size, options.width / 3);
  };
  const auto color_of = [](int label) { return label_colors[static_cast<std::size_t>(((label % 10) + 10) % 10)]; };
  Image image(options.width, options.height);
  const int top = draw_title(image, frame_options) + size / 2;

  // The legend has a line for each label; of more labels than there is room for the last line counts the rest.
  const std::size_t lines = static_cast<std::size_t>(std::max(1, (options.height - top - size) / (2 * size)));
  const std::size_t named = kinds.size() <= lines ? kinds.size() : lines - 1;
  const std::string rest = named < kinds.size() ? text("and ", kinds.size() - named, " more") : "";
  int legend = rest.empty() ? 0 : text_width(rest, size) + 2 * size;
  for (int label : kinds) legend = std::max(legend, text_width(name_of(label), size) + 3 * size);

  const Frame frame =
      draw_frame(image, frame_options, top, with_margin_around(x), with_margin_around(y), false, legend);
  for (std::size_t i = 0; i < points.size(); ++i)  // those that are not finite are not drawn
    draw_lines(image, {{frame(points[i].x, points[i].y)}},
               {.width = options.point, .color = color_of(labels.empty() ? 0 : labels[i])});
  if (x.empty())
    draw_text(image, {frame.box.x + frame.box.width / 2.0, frame.box.y + frame.box.height / 2.0}, "no finite points",
              {.size = size, .align = Align::center});
  double row = top + size;
  const double beside = frame.box.x + frame.box.width + size;
  for (int label : std::vector<int>(kinds.begin(), std::next(kinds.begin(), static_cast<std::ptrdiff_t>(named)))) {
    draw_lines(image, {{{beside + size / 2.0, row + size / 2.0}}}, {.width = 0.8 * size, .color = color_of(label)});
    draw_text(image, {beside + 1.5 * size, row + size}, name_of(label), {.size = size});
    row += 2 * size;
  }
  draw_text(image, {beside, row + size}, rest, {.size = size});
  for (const Mark& mark : options.marks) {
    if (!drawable(mark.x) || !drawable(mark.y)) continue;
    const Point at = frame(mark.x, mark.y);
    draw_lines(image, {{at}}, {.width = 1.1 * size, .color = white});
    draw_lines(image, {{at}}, {.width = 0.8 * size, .color = black});
    // White behind the name, so that it can be read on any points; on the left where there is no room on the right.
    const std::string name = shortened(mark.name, size, frame.box.width - 2 * size);
    const int wide = text_width(name, size);
    const bool fits = at.x + size + wide < frame.box.x + frame.box.width;
    const double left = fits ? at.x + 0.8 * size : at.x - 0.8 * size - wide;
    fill_rectangle(image, {static_cast<int>(left) - 3, static_cast<int>(at.y) - size / 2 - 4, wide + 6, size + 8},
                   white);
    draw_text(image, {left, at.y + size / 2.0}, name, {.size = size, .bold = true});
  }
  return image;
}

}  // namespace detail

/// A picture of the points (number, 2), with the legend of the labels beside it.
///
///     save_png("codes.png", scatter(encoder.predict(images), labels, {.title = "Codes of the test digits"}));
///
/// Throws `std::invalid_argument` if there is no point, another number of labels, or not two coordinates.
template <class Scalar>
Image scatter(const Tensor<2, Scalar>& points, const std::vector<int>& labels = {},
              const ScatterOptions& options = {}) {
  check(points.dimension(1) == 2, "scatter: expected points of 2 coordinates, received ", points.dimension(1));
  std::vector<Point> all;
  for (Index i = 0; i < points.dimension(0); ++i)
    all.push_back({static_cast<double>(points(i, 0)), static_cast<double>(points(i, 1))});
  return detail::draw_scatter(all, labels, options);
}

}  // namespace latent::pictures
