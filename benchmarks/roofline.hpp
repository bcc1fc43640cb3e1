/// The roofline picture: how fast a computation is (GFLOP/s) over how much it computes for each byte it touches
/// (FLOP/byte), and the roofs that the processor's peak and the memory's bandwidth put above it. Both axes are
/// logarithmic.
///
/// S. Williams, A. Waterman, D. Patterson, "Roofline: An Insightful Visual Performance Model", 2009.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <latent/pictures.hpp>
#include <string>
#include <vector>

namespace roofline {

using namespace latent::pictures;

enum class Marker { disc, square, triangle };

struct Measured {
  double intensity, gflops;  ///< both above 0
  Marker marker;
};

struct Series {
  std::string name;
  Color color;
  bool hollow;  ///< markers are outlines, for what the others are compared with
  std::vector<Measured> points;
};

struct Roofline {
  std::string title, subtitle;
  double peak;           ///< GFLOP/s
  double bandwidth = 0;  ///< of the memory, GB/s; 0: not known, no such roof
  std::vector<Series> series = {};
  std::vector<std::string> markers = {};  ///< what a disc, a square and a triangle stand for, in this order
};

inline constexpr int width = 1100, height = 750, text_size = 15, label_size = 14, margin = 20;
inline constexpr double radius = 5.5;  // of a marker
inline constexpr Color roof_color{70, 70, 70}, memory_color{120, 120, 120}, minor_grid{243, 243, 243};

/// A filled marker has a thin white rim, so that markers which overlap can be told apart.
inline void draw_marker(Image& image, Point at, Marker marker, Color color, bool hollow) {
  const auto distance_from_centre = [marker](double x, double y) {  // equal to `radius` on the edge
    if (marker == Marker::disc) return std::hypot(x, y);
    if (marker == Marker::square) return 1.13 * std::max(std::abs(x), std::abs(y));
    return 1.45 * std::max(y, 0.866 * std::abs(x) - 0.5 * y);
  };
  const auto fill = [&](double from, double to, Color ink) {
    const int far = static_cast<int>(2 * to) + 1, x0 = static_cast<int>(at.x), y0 = static_cast<int>(at.y);
    for (int y = std::max(0, y0 - far); y <= std::min(image.height - 1, y0 + far); ++y) {
      for (int x = std::max(0, x0 - far); x <= std::min(image.width - 1, x0 + far); ++x) {
        const double distance = distance_from_centre(x + 0.5 - at.x, y + 0.5 - at.y);
        const double cover = std::clamp(std::min(to - distance, distance - from) + 0.5, 0.0, 1.0);
        if (cover > 0) image.blend(x, y, ink, static_cast<float>(cover));
      }
    }
  };
  if (hollow) return fill(radius - 1.5, radius + 0.5, color);
  fill(-1, radius + 1, white);
  fill(-1, radius, color);
}

/// The logarithms, with room on both sides, of at least a decade.
inline Range with_room(Range range) {
  const double room = std::max(0.07 * (range.high - range.low), (1 - (range.high - range.low)) / 2);
  return {range.low - room, range.high + room};
}

/// Ticks at the powers of ten; in a range too short to show two of them, also at 2 and 5 times as much.
inline latent::pictures::Axis log_axis(Range range, const std::string& title) {
  latent::pictures::Axis axis{{}, {}, title};
  const int first = static_cast<int>(std::floor(range.low)), last = static_cast<int>(std::ceil(range.high));
  const bool few = std::floor(range.high) - std::ceil(range.low) < 1;
  for (int power = first; power <= last; power += 1 + (last - first) / 12) {
    for (const int factor : {1, 2, 5}) {
      const double tick = power + std::log10(factor);
      if ((factor > 1 && !few) || tick < range.low || tick > range.high) continue;
      char label[32];
      std::snprintf(label, sizeof label, "%.6g", factor * std::pow(10.0, power));
      axis.ticks.push_back(tick);
      axis.labels.emplace_back(label);
    }
  }
  return axis;
}

/// Faint lines at 2, 3, ... 9 times each power of ten.
inline void draw_minor_grid(Image& image, const Frame& frame) {
  const auto each = [](Range range, const auto& draw) {
    if (range.high - range.low > 8) return;
    for (int power = static_cast<int>(std::floor(range.low)); power < range.high; ++power) {
      for (int factor = 2; factor < 10; ++factor) {
        const double at = power + std::log10(factor);
        if (at > range.low && at < range.high) draw(at);
      }
    }
  };
  const Box& box = frame.box;
  each(frame.x,
       [&](double x) { fill_rectangle(image, {static_cast<int>(frame(x, 0).x), box.y, 1, box.height}, minor_grid); });
  each(frame.y,
       [&](double y) { fill_rectangle(image, {box.x, static_cast<int>(frame(0, y).y), box.width, 1}, minor_grid); });
}

/// One line of markers and names, centred on the picture.
struct LegendEntry {
  std::string name;
  Marker marker;
  Color color;
  bool hollow;
};
inline void draw_legend(Image& image, const std::vector<LegendEntry>& entries, int baseline) {
  constexpr int before = 19, gap = 28;
  int wanted = -gap;
  for (const LegendEntry& entry : entries) wanted += before + text_width(entry.name, text_size) + gap;
  double x = (width - wanted) / 2.0;
  for (const LegendEntry& entry : entries) {
    draw_marker(image, {x + radius, baseline + 0.5 - text_size / 2.0}, entry.marker, entry.color, entry.hollow);
    draw_text(image, {x + before, static_cast<double>(baseline)}, entry.name, {.size = text_size});
    x += before + text_width(entry.name, text_size) + gap;
  }
}

/// Writes a label at that place, of all that lie in the frame, where it is in the way of the fewest points.
inline void draw_label(Image& image, const Box& frame, const std::string& label, Color color,
                       const std::vector<Point>& places, const std::vector<Point>& points) {
  const int wide = text_width(label, label_size);
  const Point* best = nullptr;
  std::ptrdiff_t fewest = 0;
  for (const Point& place : places) {
    if (place.x < frame.x + 4 || place.x + wide > frame.x + frame.width - 4) continue;
    if (place.y - label_size < frame.y + 4 || place.y > frame.y + frame.height - 8) continue;
    const auto hidden = std::count_if(points.begin(), points.end(), [&](Point p) {
      const double room = 2 * radius;
      return p.x > place.x - room && p.x < place.x + wide + room && p.y > place.y - label_size - room &&
             p.y < place.y + room;
    });
    if (best == nullptr || hidden < fewest) best = &place, fewest = hidden;
  }
  if (best == nullptr) return;
  const int x = static_cast<int>(best->x), y = static_cast<int>(best->y);
  fill_rectangle(image, {x - 3, y - label_size - 2, wide + 6, label_size + 7}, white);
  draw_text(image, *best, label, {.size = label_size, .color = color});
}

/// "FMA peak", 480.3, "GFLOP/s" -> "FMA peak 480 GFLOP/s".
inline std::string roof_label(const char* name, double value, const char* unit) {
  char label[64];
  std::snprintf(label, sizeof label, "%s %.*f %s", name, value < 100 ? 1 : 0, value, unit);
  return label;
}

inline void draw_roofs(Image& image, const Frame& frame, const Roofline& what, const std::vector<Point>& points) {
  const double peak = std::log10(what.peak), slope = std::log10(what.bandwidth);  // log y = log x + slope
  const bool memory = what.bandwidth > 0;
  const double ridge = memory ? peak - slope : frame.x.low;
  const Point left = frame(std::max(ridge, frame.x.low), peak), right = frame(frame.x.high, peak);
  if (memory) {
    const Point start = frame(frame.x.low, frame.x.low + slope);
    draw_lines(image, {{start, frame(ridge, peak)}}, {.width = 2.5, .color = memory_color, .clip = frame.box});
    const std::string label = roof_label("memory", what.bandwidth, "GB/s");
    std::vector<Point> places;
    for (double t = 0.95; t > 0; t -= 0.05) {
      const Point p{start.x + t * (left.x - start.x), start.y + t * (left.y - start.y)};
      places.push_back({p.x - 8 - text_width(label, label_size), p.y - 8});
      places.push_back({p.x + 8, p.y + label_size + 8});
    }
    draw_label(image, frame.box, label, memory_color, places, points);
  }
  draw_lines(image, {{left, right}}, {.width = 2.5, .color = roof_color, .clip = frame.box});
  const std::string label = roof_label("FMA peak", what.peak, "GFLOP/s");
  std::vector<Point> places;
  for (const double above : {8.0, -label_size - 8.0}) {
    for (double end = right.x - 8; end > left.x; end -= 10) {
      places.push_back({end - text_width(label, label_size), right.y - above});
    }
  }
  draw_label(image, frame.box, label, roof_color, places, points);
}

inline Image draw(const Roofline& what) {
  Range x, y;
  y.include(std::log10(what.peak));
  if (what.bandwidth > 0) x.include(std::log10(what.peak / what.bandwidth));
  for (const Series& series : what.series) {
    for (const Measured& point : series.points) {
      x.include(std::log10(point.intensity));
      y.include(std::log10(point.gflops));
    }
  }
  x = with_room(x), y = with_room(y);

  Image image(width, height);
  int baseline = margin + 18;
  const auto centred = [&](const std::string& text, TextStyle style) {
    style.align = Align::center;
    draw_text(image, {width / 2.0, static_cast<double>(baseline)}, shortened(text, style.size, width - 2 * margin),
              style);
  };
  centred(what.title, {.size = 18, .bold = true});
  baseline += 26;
  centred(what.subtitle, {.size = 12, .color = roof_color});

  std::vector<LegendEntry> rungs, shapes;
  for (const Series& series : what.series) rungs.push_back({series.name, Marker::disc, series.color, series.hollow});
  for (const std::string& name : what.markers)
    shapes.push_back({name, static_cast<Marker>(shapes.size()), roof_color, false});
  draw_legend(image, rungs, baseline += 36);
  draw_legend(image, shapes, baseline += 28);

  const latent::pictures::Axis x_axis = log_axis(x, "arithmetic intensity [FLOP/byte]");
  const latent::pictures::Axis y_axis = log_axis(y, "GFLOP/s (of the direct convolution)");
  const int left = margin + 2 * text_size + widest_text(y_axis.labels, text_size) + text_size, top = baseline + 16;
  const Frame frame{{left, top, width - margin - left, height - margin - 65 - top}, x, y};
  draw_minor_grid(image, frame);
  draw_axes(image, frame, x_axis, y_axis, text_size, height - margin, margin + text_size / 2);

  std::vector<Point> points;
  // Discs stand a little to the left, triangles to the right, for many have the same intensity.
  const auto position = [&](const Measured& m) {
    const Point exact = frame(std::log10(m.intensity), std::log10(m.gflops));
    return Point{exact.x + 9 * (static_cast<int>(m.marker) - 1), exact.y};
  };
  for (const Series& series : what.series) {
    for (const Measured& point : series.points) points.push_back(position(point));
  }
  draw_roofs(image, frame, what, points);
  for (const Series& series : what.series) {
    for (const Measured& point : series.points)
      draw_marker(image, position(point), point.marker, series.color, series.hollow);
  }
  return image;
}

}  // namespace roofline
