/// ZeroPadding2D<padding>: pixels of zeros around an image.
///
///     y[row + top][column + left][c] = x[row][column][c], all else 0
///
/// padding is 1 by default, `Size{2, 1}` (rows, columns) or `Border{.bottom = 1, .left = 2}`.
/// Input shape (height, width, channels); output shape (top + height + bottom, left + width + right, channels).
/// https://keras.io/api/layers/reshaping_layers/zero_padding2d/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Margin padding = 1>
struct ZeroPadding2D {
  static constexpr const char* class_name = "ZeroPadding2D";
  static constexpr const char* default_name = "zero_padding2d";

  template <class S>
  using complaint = FirstOf<Unless<padding.at_least_0(), AlreadyReported>,
                            Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = Shape<padding.top + InputShape::height + padding.bottom,
                               padding.left + InputShape::width + padding.right, InputShape::channels>;

    static void forward(const auto&, auto x, auto y, auto) { kernels::pad(x, y, padding.top, padding.left); }

    /// dx[row][column][c] = dz[row + top][column + left][c]
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      kernels::crop(dz, dx, padding.top, padding.left);
    }
  };

  static_assert(padding.at_least_0(), "latent: ZeroPadding2D's padding is at least 0 on every side");
};

}  // namespace latent
