/// Exercise 5: the gradients of a convolution, the layer of exercise 4 backward.
///
///     y[n][o][p][f] = bias[f] + sum over a, b, c of x[n][o + a - before][p + b - before][c] * kernel[a][b][c][f]
///
/// dz is the gradient of the loss with respect to y, of the same shape. x and dx (images, height, width, channels).
#pragma once

#include "latent/kernels/convolution.hpp"
#include "latent/layers/layer.hpp"

namespace yours {
using namespace latent;

template <Index filters, Index kernel_size, class PaddingOption = Valid>
struct Conv2DGradients {
  static constexpr const char *class_name = "Conv2D", *default_name = "conv2d";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr kernels::Axis rows{InputShape::height, kernel_size, 1, PaddingOption::padding};
    static constexpr kernels::Axis columns{InputShape::width, kernel_size, 1, PaddingOption::padding};
    static constexpr Index channels = InputShape::channels;
    using output_shape = Shape<rows.output, columns.output, filters>;
    static constexpr std::array parameters{
        ParameterSpec{"kernel", {kernel_size, kernel_size, channels, filters}, 4, Initializer::glorot_uniform},
        ParameterSpec{"bias", {filters}, 1, Initializer::zeros}};

    /// The place of kernel[a][b][c][f], and of its gradient, in memory.
    static constexpr Index at(Index a, Index b, Index c, Index f) {
      return ((a * kernel_size + b) * channels + c) * filters + f;
    }

    // x.pixel(n, row, column)[c] is x[n][row][column][c], and the others likewise; x.samples is the number of images.

    /// Adds to every dkernel[a][b][c][f] and every dbias[f].
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      [[maybe_unused]] Scalar *dkernel = dp[0], *dbias = dp[1];
      // your turn
    }

    /// Assigns every dx[n][i][j][c].
    static void input_gradient(const auto& parameters, auto, auto, auto dz, auto dx, auto) {
      [[maybe_unused]] const Scalar* kernel = parameters[0];
      // your turn
    }
  };
};

}  // namespace yours
