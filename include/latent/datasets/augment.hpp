/// The changes that Augmented makes to images: Keras's RandomTranslation, RandomRotation, RandomZoom, RandomFlip and GaussianNoise, with
/// the same arguments. https://keras.io/api/layers/preprocessing_layers/image_augmentation/
///
/// Translation, rotation and zoom take the value of pixel (x, y) of the result from the place
///
///     (a[0] x + a[1] y + a[2],  a[3] x + a[4] y + a[5])
///
/// of the image, as TensorFlow's ImageProjectiveTransformV3 does.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/random.hpp"
#include "latent/core/tensor.hpp"

namespace latent::augment {

/// One image of a batch, (height, width, channels).
template <class Scalar>
struct Image {
  Scalar* pixels;  ///< row-major: height, width, channels
  Index height, width, channels;

  /// The channels of pixel (y, x).
  Scalar* pixel(Index y, Index x) const { return pixels + (y * width + x) * channels; }
  /// How many numbers the image has.
  Index size() const { return height * width * channels; }
};

/// The values beyond the edges of an image a b c d.
enum class Fill {
  reflect,   ///< d c b a | a b c d | d c b a
  constant,  ///< k k k k | a b c d | k k k k with k = fill_value
  nearest,   ///< a a a a | a b c d | d d d d
  wrap       ///< a b c d | a b c d | a b c d
};
/// How a value between pixels is computed.
enum class Interpolation { bilinear, nearest };

/// Numbers are drawn from low ... high; one number f means -f ... f.
struct Range {
  double low, high;  ///< The ends of the range.
  /// From -factor to factor, as in Keras.
  Range(double factor) : low(-std::abs(factor)), high(std::abs(factor)) {}  // NOLINT: `.factor = 0.1`
  /// From one number to the other.
  Range(double from, double to) : low(std::min(from, to)), high(std::max(from, to)) {}

  /// The number at the fraction u = 0 ... 1 of the range.
  double at(double u) const { return low + u * (high - low); }
  /// Throws std::invalid_argument unless the range is within least ... most; `what` begins the message.
  [[gnu::cold]] void must_be_within(double least, double most, const char* what) const {
    check(low >= least && high <= most, what, " is within ", least, "..", most, ", received ", low, " to ", high);
  }
};

/// Where the value of pixel (x, y) of the result comes from: (a[0] x + a[1] y + a[2], a[3] x + a[4] y + a[5]).
using Affine = std::array<float, 6>;

/// A coordinate within 0 ... size - 1, or beyond it where what is there is constant.
inline float inside(float at, Index size, Fill fill) {
  const auto length = static_cast<float>(size), last = length - 1;
  if (fill == Fill::constant) return at;
  if (last == 0) return 0;  // a single pixel
  if (fill == Fill::reflect && at < 0) {
    at += 2 * length * std::trunc(-at / (2 * length));
    at = at < -length ? at + 2 * length : -at - 1;
  } else if (fill == Fill::reflect && at > last) {
    at -= 2 * length * std::trunc(at / (2 * length));
    if (at >= length) at = 2 * length - at - 1;
  } else if (fill == Fill::wrap && at < 0) {
    at += length * (std::trunc(-at / last) + 1);
  } else if (fill == Fill::wrap && at > last) {
    at -= length * std::trunc(at / last);
  }
  return std::clamp(at, 0.0f, last);
}

/// How a moved image is made.
struct Resampling {
  Fill fill_mode = Fill::reflect;                         ///< the values beyond the edges
  Interpolation interpolation = Interpolation::bilinear;  ///< how a value between pixels is computed
  double fill_value = 0;                                  ///< for Fill::constant
};

/// Moves an image.
template <class Scalar>
void move(const Image<Scalar>& image, const Affine& a, const Resampling& how) {
  const std::vector<Scalar> copy(image.pixels, image.pixels + image.size());
  const auto fill = static_cast<Scalar>(how.fill_value);
  const auto read = [&](float y, float x, Index c) {
    if (!(y >= 0 && x >= 0 && y < static_cast<float>(image.height) && x < static_cast<float>(image.width))) return fill;
    const auto row = static_cast<Index>(y), column = static_cast<Index>(x);
    return copy[static_cast<std::size_t>((row * image.width + column) * image.channels + c)];
  };
  for (Index row = 0; row < image.height; ++row)
    for (Index column = 0; column < image.width; ++column) {
      const auto y = static_cast<float>(row), x = static_cast<float>(column);
      const float from_x = inside(a[0] * x + a[1] * y + a[2], image.width, how.fill_mode);
      const float from_y = inside(a[3] * x + a[4] * y + a[5], image.height, how.fill_mode);
      Scalar* const pixel = image.pixel(row, column);
      if (how.interpolation == Interpolation::nearest) {
        for (Index c = 0; c < image.channels; ++c) pixel[c] = read(std::round(from_y), std::round(from_x), c);
        continue;
      }
      const float top = std::floor(from_y), left = std::floor(from_x);
      const auto down = static_cast<Scalar>(from_y - top), right = static_cast<Scalar>(from_x - left);
      for (Index c = 0; c < image.channels; ++c)
        pixel[c] = (1 - down) * ((1 - right) * read(top, left, c) + right * read(top, left + 1, c)) +
                   down * ((1 - right) * read(top + 1, left, c) + right * read(top + 1, left + 1, c));
    }
}

/// Shifts by fractions of the height and of the width, downwards and to the right.
struct RandomTranslation : Resampling {
  Range height_factor = 0.0, width_factor = 0.0;  ///< Shares of the height (down) and of the width (to the right).

  /// Throws std::invalid_argument for shares outside -1 ... 1.
  RandomTranslation(Range height, Range width, const Resampling& how = {})
      : Resampling(how), height_factor(height), width_factor(width) {
    height.must_be_within(-1, 1, "RandomTranslation: height_factor");
    width.must_be_within(-1, 1, "RandomTranslation: width_factor");
  }
  /// The motion by these shares.
  static Affine affine(double down, double right, Index height, Index width) {
    return {1, 0, static_cast<float>(-right * static_cast<double>(width)),
            0, 1, static_cast<float>(-down * static_cast<double>(height))};
  }
  static constexpr bool moves = true;
  template <class Scalar>
  void operator()(const Image<Scalar>& image, const Random& random) const {
    move(image,
         affine(height_factor.at(random.uniform(0)), width_factor.at(random.uniform(1)), image.height, image.width),
         *this);
  }
};

/// Rotates about the centre, counter-clockwise, by a fraction of a full turn.
struct RandomRotation : Resampling {
  Range factor;

  /// Shares of a full turn, counterclockwise. Throws std::invalid_argument for shares outside -1 ... 1.
  explicit RandomRotation(Range turns, const Resampling& how = {}) : Resampling(how), factor(turns) {
    turns.must_be_within(-1, 1, "RandomRotation: factor");
  }
  /// The rotation by this share of a turn.
  static Affine affine(double turns, Index height, Index width) {
    const double angle = 2 * std::numbers::pi * turns, c = std::cos(angle), s = std::sin(angle);
    const double x = static_cast<double>(width - 1) / 2, y = static_cast<double>(height - 1) / 2;
    return {static_cast<float>(c), static_cast<float>(-s), static_cast<float>(x - x * c + y * s),
            static_cast<float>(s), static_cast<float>(c),  static_cast<float>(y - x * s - y * c)};
  }
  static constexpr bool moves = true;
  template <class Scalar>
  void operator()(const Image<Scalar>& image, const Random& random) const {
    move(image, affine(factor.at(random.uniform(0)), image.height, image.width), *this);
  }
};

/// Zooms out (a factor above 0) or in (below 0), equally in height and width unless both are given.
struct RandomZoom : Resampling {
  Range height_factor, width_factor;  ///< Shares by which the image gets smaller (above 0) or larger (below 0).
  bool keeps_aspect;                  ///< whether one number serves both directions

  /// Zooms by the same share in both directions. Throws std::invalid_argument for shares outside -1 ... 1.
  explicit RandomZoom(Range height, const Resampling& how = {})
      : Resampling(how), height_factor(height), width_factor(height), keeps_aspect(true) {
    check_range(height, "RandomZoom: height_factor");
  }
  /// Zooms by its own share in each direction. Throws std::invalid_argument for shares outside -1 ... 1.
  RandomZoom(Range height, Range width, const Resampling& how = {})
      : Resampling(how), height_factor(height), width_factor(width), keeps_aspect(false) {
    check_range(height, "RandomZoom: height_factor"), check_range(width, "RandomZoom: width_factor");
  }
  /// The zoom by these shares.
  static Affine affine(double of_height, double of_width, Index height, Index width) {
    return {static_cast<float>(1 + of_width),
            0,
            static_cast<float>(-of_width * static_cast<double>(width - 1) / 2),
            0,
            static_cast<float>(1 + of_height),
            static_cast<float>(-of_height * static_cast<double>(height - 1) / 2)};
  }
  static constexpr bool moves = true;
  template <class Scalar>
  void operator()(const Image<Scalar>& image, const Random& random) const {
    const double of_height = height_factor.at(random.uniform(0));
    const double of_width = keeps_aspect ? of_height : width_factor.at(random.uniform(1));
    move(image, affine(of_height, of_width, image.height, image.width), *this);
  }

 private:
  [[gnu::cold]] static void check_range(const Range& range, const char* what) {
    range.must_be_within(-1, 1, what);
    check(range.low > -1, what, " is more than -1, received ", range.low);
  }
};

/// The directions in which an image may be mirrored.
enum class Flip { horizontal_and_vertical, horizontal, vertical };

/// Mirrors one image in two, left and right, top and bottom, or both ways by themselves.
struct RandomFlip {
  Flip mode = Flip::horizontal_and_vertical;  ///< in which directions

  static constexpr bool moves = true;
  template <class Scalar>
  void operator()(const Image<Scalar>& image, const Random& random) const {
    const Index height = image.height, width = image.width;
    const auto swap = [&](Index y, Index x, Index other_y, Index other_x) {
      std::swap_ranges(image.pixel(y, x), image.pixel(y, x) + image.channels, image.pixel(other_y, other_x));
    };
    if (mode != Flip::vertical && random.uniform(0) < 0.5)
      for (Index y = 0; y < height; ++y)
        for (Index x = 0; x < width / 2; ++x) swap(y, x, y, width - 1 - x);
    if (mode != Flip::horizontal && random.uniform(1) < 0.5)
      for (Index y = 0; y < height / 2; ++y)
        for (Index x = 0; x < width; ++x) swap(y, x, height - 1 - y, x);
  }
};

/// Adds noise of mean 0 and this standard deviation to the inputs; targets stay clean. Throws std::invalid_argument for one
/// below 0.
struct GaussianNoise {
  double stddev = 0;  ///< the standard deviation
  bool clip = false;  ///< to 0 ... 1 (as add_gaussian_noise does, and Keras's layer does not)

  static constexpr bool moves = false;
  template <class Scalar>
  void operator()(const Image<Scalar>& image, const Random& random) const {
    check(std::isfinite(stddev) && stddev >= 0, "augment::GaussianNoise: stddev is at least 0, received ", stddev);
    const Index size = image.size();
    for (Index pair = 0; 2 * pair < size; ++pair) {
      const auto noise = random.normal_pair(pair);
      for (Index i = 2 * pair; i < std::min(2 * pair + 2, size); ++i) {
        const double value = static_cast<double>(image.pixels[i]) + stddev * noise[static_cast<std::size_t>(i % 2)];
        image.pixels[i] = static_cast<Scalar>(clip ? std::clamp(value, 0.0, 1.0) : value);
      }
    }
  }
};

}  // namespace latent::augment
