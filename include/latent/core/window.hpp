/// Sizes of windows and of margins around images, as a user writes them.
#pragma once

#include "latent/core/shape.hpp"

namespace latent {

/// A height and a width; a single number stands for both: `Conv2D<32, 3>` has 3 x 3 kernels, `Conv2D<32, Size{3, 5}>`
/// kernels of height 3 and width 5.
struct Size {
  Index height, width;
  /// The same size both ways.
  constexpr Size(Index both) : height(both), width(both) {}  // NOLINT: the conversion is the point
  /// Height h and width w.
  constexpr Size(Index h, Index w) : height(h), width(w) {}
};
/// Whether both sides are at least 1.
constexpr bool at_least_1(Size size) { return size.height >= 1 && size.width >= 1; }

/// Pixels on each side of an image: `1` for all sides, `Size{2, 1}` for 2 at the top and at the bottom and 1 on the
/// left and on the right, `Border{.bottom = 1, .left = 2}` for each side apart.
struct Margin {
  Index top, bottom, left, right;  ///< Pixels on each side.
  /// The same number on all sides.
  constexpr Margin(Index all) : Margin(Size(all)) {}  // NOLINT
  /// `height` pixels above and below, `width` pixels left and right.
  constexpr Margin(Size s) : Margin(Border{s.height, s.height, s.width, s.width}) {}  // NOLINT
  /// A number for each side.
  constexpr Margin(Border b) : top(b.top), bottom(b.bottom), left(b.left), right(b.right) {}  // NOLINT
  /// Whether no side is below 0.
  constexpr bool at_least_0() const { return top >= 0 && bottom >= 0 && left >= 0 && right >= 0; }
};

/// valid: windows lie inside the image. same: there are as many outputs as inputs (divided by the stride, rounded up),
/// with the padding on both sides. causal: a window less one in front, so that each ends at an input and sees no later one.
enum class Padding { valid, same, causal };

}  // namespace latent
