/// Cropping2D<cropping>: removes pixels along the sides of an image.
///
///     y[row][column][c] = x[row + top][column + left][c]
///
/// cropping is 0 by default, `1`, `Size{2, 1}` (rows, columns) or `Border{.bottom = 1, .left = 2}`.
/// Input shape (height, width, channels); output shape (height - top - bottom, width - left - right, channels).
/// https://keras.io/api/layers/reshaping_layers/cropping2d/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Margin cropping = 0>
struct Cropping2D {
  static constexpr const char* class_name = "Cropping2D";
  static constexpr const char* default_name = "cropping2d";

  template <class S>
  using complaint =
      FirstOf<Unless<cropping.at_least_0(), AlreadyReported>,
              Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>,
              Unless<(S::height > cropping.top + cropping.bottom && S::width > cropping.left + cropping.right),
                     Expects<an_image_larger_than_what_is_cropped>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = Shape<InputShape::height - cropping.top - cropping.bottom,
                               InputShape::width - cropping.left - cropping.right, InputShape::channels>;

    static void forward(const auto&, auto x, auto y, auto) { kernels::crop(x, y, cropping.top, cropping.left); }

    /// dx[row + top][column + left][c] = dz[row][column][c], all else 0
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      kernels::pad(dz, dx, cropping.top, cropping.left);
    }
  };

  static_assert(cropping.at_least_0(), "latent: Cropping2D's cropping is at least 0 on every side");
};

}  // namespace latent
