/// An 8-bit RGB canvas, rectangles and anti-aliased lines.
///
/// Coordinates are in pixels; (0, 0) is the upper left corner of the upper left pixel, whose centre is (0.5, 0.5).
/// x grows to the right, y grows downwards. Everything outside the canvas is clipped.
///
/// The functions of this room are marked `LATENT_COLD`: a program draws a few pictures in milliseconds, so they are
/// compiled for size, which takes much less compile time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "latent/core/check.hpp"

namespace latent::pictures {

/// A colour, 0 to 255 in each channel.
struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;      ///< 0 to 255 each.
  bool operator==(const Color&) const = default;  ///< Whether all channels are the same.
};
inline constexpr Color black{0, 0, 0};        ///< the colour of text and axes
inline constexpr Color white{255, 255, 255};  ///< the colour of the paper

/// A place in a picture, in pixels from its upper left corner.
struct Point {
  double x, y;
};
/// Points joined by lines.
using Polyline = std::vector<Point>;

/// A rectangle of whole pixels.
struct Box {
  int x = 0, y = 0, width = 0, height = 0;
};

struct Image {
  int width, height;
  std::vector<std::uint8_t> rgb;  ///< height rows of width pixels of 3 bytes, top row first
  std::string title = {};         ///< what it shows, in words; UTF-8

  /// Larger images are refused as mistakes: 2^27 pixels are 400 MB.
  static constexpr std::int64_t most_pixels = std::int64_t{1} << 27;

  /// Whether an image may have that many pixels.
  static constexpr bool is_a_size(std::int64_t width, std::int64_t height) {
    return width > 0 && height > 0 && height <= most_pixels / width;
  }

  /// A canvas of one colour. Throws `std::invalid_argument` if it has no pixel or more than `most_pixels`.
  Image(std::int64_t width_, std::int64_t height_, Color background = white) : width(0), height(0) {
    check(is_a_size(width_, height_), "Image: expected at least 1 x 1 and at most ", most_pixels, " pixels, received ",
          width_, " x ", height_);
    width = static_cast<int>(width_);
    height = static_cast<int>(height_);
    rgb.resize(static_cast<std::size_t>(3 * width_ * height_));
    for (std::size_t i = 0; i < rgb.size(); i += 3) {
      rgb[i] = background.red, rgb[i + 1] = background.green, rgb[i + 2] = background.blue;
    }
  }

  /// The pixel in column x of row y. Throws `std::invalid_argument` outside the canvas.
  Color pixel(int x, int y) const {
    check(x >= 0 && x < width && y >= 0 && y < height, "Image::pixel: expected a pixel of ", width, " x ", height,
          ", received x = ", x, ", y = ", y);
    const std::uint8_t* p = rgb.data() + offset(x, y);
    return {p[0], p[1], p[2]};
  }

  /// Mixes `color` into a pixel: 0 leaves the pixel as it is, 1 replaces it. The pixel must lie on the canvas.
  void blend(int x, int y, Color color, float share = 1) {
    std::uint8_t* p = rgb.data() + offset(x, y);
    const std::uint8_t ink[3] = {color.red, color.green, color.blue};
    for (int c = 0; c < 3; ++c) {
      const auto paper = static_cast<float>(p[c]);
      p[c] = static_cast<std::uint8_t>(paper + share * (static_cast<float>(ink[c]) - paper) + 0.5f);
    }
  }

 private:
  std::size_t offset(int x, int y) const {
    return 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
  }
};

/// Fills a rectangle with a colour.
LATENT_COLD inline void fill_rectangle(Image& image, Box box, Color color) {
  const std::int64_t right = std::int64_t{box.x} + box.width, bottom = std::int64_t{box.y} + box.height;
  for (int y = std::max(0, box.y); y < std::min<std::int64_t>(image.height, bottom); ++y) {
    for (int x = std::max(0, box.x); x < std::min<std::int64_t>(image.width, right); ++x) image.blend(x, y, color);
  }
}

/// What lines are drawn with.
struct Pen {
  double width = 1;
  Color color = black;                  ///< the colour
  Box clip = {0, 0, 1 << 30, 1 << 30};  ///< nothing is drawn outside of it
};

/// The distance of `p` from the straight line between `a` and `b`.
inline double distance(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
  const double t = length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(a.x + t * dx - p.x, a.y + t * dy - p.y);
}

/// Draws the lines with a round pen. A line of one point is a dot. Points that are not finite interrupt their line.
/// All lines are one stroke: where they overlap, the ink is no darker, so that joints do not show.
LATENT_COLD inline void draw_lines(Image& image, const std::vector<Polyline>& lines, const Pen& pen) {
  struct Area {  // pixels from (left, top) to before (right, bottom)
    int left, top, right, bottom;
  };
  const double reach = pen.width / 2 + 0.5;
  const Area canvas{std::max(0, pen.clip.x), std::max(0, pen.clip.y),
                    static_cast<int>(std::min<std::int64_t>(image.width, std::int64_t{pen.clip.x} + pen.clip.width)),
                    static_cast<int>(std::min<std::int64_t>(image.height, std::int64_t{pen.clip.y} + pen.clip.height))};
  if (canvas.left >= canvas.right || canvas.top >= canvas.bottom) return;
  const auto pixel = [](double value, int low, int high) {
    return static_cast<int>(std::clamp<double>(value, low, high));
  };
  const auto touched = [&](Point a, Point b) {
    return Area{pixel(std::floor(std::min(a.x, b.x) - reach), canvas.left, canvas.right),
                pixel(std::floor(std::min(a.y, b.y) - reach), canvas.top, canvas.bottom),
                pixel(std::ceil(std::max(a.x, b.x) + reach), canvas.left, canvas.right),
                pixel(std::ceil(std::max(a.y, b.y) + reach), canvas.top, canvas.bottom)};
  };
  const auto finite = [](Point p) { return std::isfinite(p.x) && std::isfinite(p.y); };

  Area all{canvas.right, canvas.bottom, canvas.left, canvas.top};
  for (const Polyline& line : lines) {
    for (Point p : line) {
      if (!finite(p)) continue;
      const Area area = touched(p, p);
      all = {std::min(all.left, area.left), std::min(all.top, area.top), std::max(all.right, area.right),
             std::max(all.bottom, area.bottom)};
    }
  }
  if (all.left >= all.right || all.top >= all.bottom) return;

  const auto row = static_cast<std::size_t>(all.right - all.left);
  std::vector<float> ink(row * static_cast<std::size_t>(all.bottom - all.top), 0.0f);
  const auto at = [&](int x, int y) {
    return static_cast<std::size_t>(y - all.top) * row + static_cast<std::size_t>(x - all.left);
  };
  for (const Polyline& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Point a = line[i], b = i + 1 < line.size() && finite(line[i + 1]) ? line[i + 1] : a;
      if (!finite(a)) continue;
      const Area area = touched(a, b);
      const double fall = b.y - a.y;
      const bool is_steep = std::isfinite(fall) && std::abs(fall) > reach;
      const auto at_height = [&](double height) {
        const double t = std::clamp((height - a.y) / fall, 0.0, 1.0);
        return Point{(1 - t) * a.x + t * b.x, height};
      };
      for (int y = area.top; y < area.bottom; ++y) {
        // A row of pixels meets no more of the line than what is within reach above and below it.
        const double middle = y + 0.5;
        const Area part = is_steep ? touched(at_height(middle - reach), at_height(middle + reach)) : area;
        for (int x = part.left; x < part.right; ++x) {
          const auto cover = static_cast<float>(std::clamp(reach - distance({x + 0.5, y + 0.5}, a, b), 0.0, 1.0));
          ink[at(x, y)] = std::max(ink[at(x, y)], cover);
        }
      }
    }
  }
  for (int y = all.top; y < all.bottom; ++y) {
    for (int x = all.left; x < all.right; ++x) {
      if (ink[at(x, y)] > 0) image.blend(x, y, pen.color, ink[at(x, y)]);
    }
  }
}

}  // namespace latent::pictures
