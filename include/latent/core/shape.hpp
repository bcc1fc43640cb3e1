/// Shapes and memory layouts that are known at compile time.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include "latent/core/tensor.hpp"

namespace latent {

/// The shape of one sample, without the batch axis: `Shape<28, 28, 1>` is an image, `Shape<784>` a row.
template <Index... Dimensions>
struct Shape {
  static_assert(sizeof...(Dimensions) >= 1 && sizeof...(Dimensions) <= 3,
                "latent: a sample has 1 to 3 dimensions: Shape<features> or Shape<height, width, channels>");
  static_assert(((Dimensions > 0) && ...), "latent: every dimension of a shape is at least 1");
  static constexpr int rank = sizeof...(Dimensions);                               ///< how many axes
  static constexpr Index size = (Dimensions * ...);                                ///< how many numbers a sample has
  static constexpr std::array<Index, array_size(rank)> dimensions{Dimensions...};  ///< the length of each axis

  // Any shape viewed as an image: a row of n features is an image of 1 x 1 pixels with n channels.
  static constexpr Index height = rank == 3 ? dimensions[0] : 1;
  static constexpr Index width = rank == 1 ? 1 : dimensions[static_cast<std::size_t>(rank) - 2];
  static constexpr Index channels = dimensions[static_cast<std::size_t>(rank) - 1];
};

/// A single number, such as a label.
template <>
struct Shape<> {
  static constexpr int rank = 0;                                         ///< no axes
  static constexpr Index size = 1, height = 1, width = 1, channels = 1;  ///< A single number.
  static constexpr std::array<Index, 0> dimensions{};                    ///< no axes
};

/// The shapes of what a layer reads, if it reads several values.
template <class... S>
struct Shapes {};

/// The shape without its last axis: that of the labels, where the last axis has a number for each class.
template <class S>
using WithoutLast = std::conditional_t<S::rank == 1, Shape<>,
                                       std::conditional_t<S::rank == 2, Shape<S::width>, Shape<S::height, S::width>>>;

/// The shape with another last axis.
template <class S, Index last>
using WithLast =
    std::conditional_t<S::rank == 1, Shape<last>,
                       std::conditional_t<S::rank == 2, Shape<S::width, last>, Shape<S::height, S::width, last>>>;

/// Pixels of zeros around an image.
struct Border {
  Index top = 0, bottom = 0, left = 0, right = 0;  ///< Pixels on each side.
  /// Both borders, one around the other.
  constexpr Border operator+(Border b) const {
    return {top + b.top, bottom + b.bottom, left + b.left, right + b.right};
  }
};
/// The smallest border that holds both.
constexpr Border larger(Border a, Border b) {
  return {std::max(a.top, b.top), std::max(a.bottom, b.bottom), std::max(a.left, b.left), std::max(a.right, b.right)};
}

/// Where the values of a sample lie in memory:
///
///     0 0 0 0 0 0     row_step:  scalars from one row to the next = (left + width + right) * channels
///     0 a b c d 0     origin:    scalars before the first real pixel, a
///     0 e f g h 0     size:      scalars of a whole sample, zeros included
///     0 0 0 0 0 0
///
/// A convolution reads its input with a border of zeros. The layer before it writes straight into the middle of such a
/// buffer, so that nothing is ever copied to be padded. The zeros are written once, when the buffer is made.
template <class Shape_, Border border = Border{}>
struct Layout {
  using shape = Shape_;  ///< the shape without the border
  static constexpr Index height = shape::height, width = shape::width, channels = shape::channels;
  static constexpr Index pixel_step = channels;  ///< Scalars from one pixel to the next.
  /// Scalars from one row to the next.
  static constexpr Index row_step = (border.left + width + border.right) * channels;
  /// Scalars before the first real pixel.
  static constexpr Index origin = border.top * row_step + border.left * channels;
  /// Scalars of a whole sample, zeros included.
  static constexpr Index size = (border.top + height + border.bottom) * row_step;
  static constexpr bool contiguous = size == shape::size;  ///< whether there is no border
};

/// A view of a few samples in one layout; it does not own the memory.
template <class Scalar, class Layout_>
struct View : Layout_ {
  using layout = Layout_;  ///< where the values of a sample lie
  Scalar* data;            ///< the first sample, border included
  Index samples;           ///< how many samples

  /// A view of `count` samples, the first of which begins at `first`.
  View(Scalar* first, Index count) : data(first), samples(count) {}
  /// A view to read only.
  operator View<const Scalar, Layout_>() const { return {data, samples}; }

  /// The first real value of sample n.
  Scalar* sample(Index n) const { return data + n * Layout_::size + Layout_::origin; }
  /// The first channel of a pixel.
  Scalar* pixel(Index n, Index row, Index column) const {
    return sample(n) + row * Layout_::row_step + column * Layout_::pixel_step;
  }
};

}  // namespace latent
