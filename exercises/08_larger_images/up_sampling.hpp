/// Exercise 8: two layers that make an image larger. Up-sampling repeats every pixel; a transposed convolution lays down
/// its kernel for every pixel.
#pragma once

#include "latent/kernels/convolution.hpp"
#include "latent/layers/layer.hpp"

namespace yours {
using namespace latent;

/// y[n][o][p][c] = x[n][o / size][p / size][c], divided as whole numbers.
template <Index size>
struct UpSampling2D {
  static constexpr const char *class_name = "UpSampling2D", *default_name = "up_sampling2d";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    using output_shape = Shape<height * size, width * size, channels>;

    // x.pixel(n, row, column)[c] is x[n][row][column][c], and the others likewise; x.samples is the number of images.

    /// Assigns every y[n][o][p][c].
    static void forward(const auto&, auto x, auto y, auto) {
      // your turn
    }
    /// Assigns every dx[n][i][j][c].
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      // your turn
    }
  };
};

/// y[n][o * stride + a - before][p * stride + b - before][f] += x[n][o][p][c] * kernel[a][b][f][c] for all o, p, a, b, c, and
/// bias[f] for every pixel of y. What would lie outside of y is left out.
/// kernel (kernel_size, kernel_size, filters, channels): filters before channels, as in Keras. bias (filters).
template <Index filters, Index kernel_size, Index stride, class PaddingOption = Valid>
struct Conv2DTranspose {
  static constexpr const char *class_name = "Conv2DTranspose", *default_name = "conv2d_transpose";
  template <class S>
  using complaint = void;
  static constexpr Index enlarged(Index n) {
    return PaddingOption::padding == Padding::same ? n * stride : (n - 1) * stride + std::max(kernel_size, stride);
  }

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    // Those of the convolution that goes from y back to x: rows.output is the height of x, rows.input that of y.
    static constexpr kernels::Axis rows{enlarged(InputShape::height), kernel_size, stride, PaddingOption::padding};
    static constexpr kernels::Axis columns{enlarged(InputShape::width), kernel_size, stride, PaddingOption::padding};
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    static constexpr Index new_height = rows.input, new_width = columns.input;
    using output_shape = Shape<new_height, new_width, filters>;
    static constexpr std::array parameters{
        ParameterSpec{"kernel", {kernel_size, kernel_size, filters, channels}, 4, Initializer::glorot_uniform},
        ParameterSpec{"bias", {filters}, 1, Initializer::zeros}};

    /// The place of kernel[a][b][f][c] in memory.
    static constexpr Index at(Index a, Index b, Index f, Index c) {
      return ((a * kernel_size + b) * filters + f) * channels + c;
    }

    /// Assigns every y[n][i][j][f].
    static void forward(const auto& p, auto x, auto y, auto) {
      [[maybe_unused]] const Scalar *kernel = p[0], *bias = p[1];
      // your turn
    }
    /// Adds to every dkernel[a][b][f][c] and every dbias[f].
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      [[maybe_unused]] Scalar *dkernel = dp[0], *dbias = dp[1];
      // your turn
    }
    /// Assigns every dx[n][o][p][c].
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
      [[maybe_unused]] const Scalar* kernel = p[0];
      // your turn
    }
  };
};

}  // namespace yours
