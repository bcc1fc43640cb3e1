/// Exercise 4: a two-dimensional convolution, forward.
///
///     y[n][o][p][f] = bias[f] + sum over a, b, c of x[n][o + a - before][p + b - before][c] * kernel[a][b][c][f]
///
/// n: image of the batch; o, p: row and column of y; a, b: row and column of the kernel (a "tap"); c: channel; f: filter.
/// x (images, height, width, channels), y (images, new height, new width, filters),
/// kernel (kernel_size, kernel_size, channels, filters), bias (filters).
#pragma once

#include "latent/kernels/convolution.hpp"
#include "latent/layers/layer.hpp"

namespace yours {
using namespace latent;

template <Index filters, Index kernel_size, class PaddingOption = Valid>
struct Conv2D {
  static constexpr const char *class_name = "Conv2D", *default_name = "conv2d";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    // rows.input and rows.output: rows of x and of y. rows.before: rows of padding above the image (0 for Valid).
    static constexpr kernels::Axis rows{InputShape::height, kernel_size, 1, PaddingOption::padding};
    static constexpr kernels::Axis columns{InputShape::width, kernel_size, 1, PaddingOption::padding};
    static constexpr Index channels = InputShape::channels;
    using output_shape = Shape<rows.output, columns.output, filters>;
    static constexpr std::array parameters{
        ParameterSpec{"kernel", {kernel_size, kernel_size, channels, filters}, 4, Initializer::glorot_uniform},
        ParameterSpec{"bias", {filters}, 1, Initializer::zeros}};

    /// The place of kernel[a][b][c][f] in memory.
    static constexpr Index at(Index a, Index b, Index c, Index f) {
      return ((a * kernel_size + b) * channels + c) * filters + f;
    }

    /// Assigns every y[n][o][p][f]. x.pixel(n, row, column)[c] is x[n][row][column][c], and y likewise. Pixels outside of
    /// the image count as 0: do not read them.
    static void forward(const auto &parameters, auto x, auto y, auto) {
      const Scalar *kernel = parameters[0], *bias = parameters[1];
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < rows.output; ++o)
          for (Index p = 0; p < columns.output; ++p)
            for (Index f = 0; f < filters; ++f) {
              Scalar sum = bias[f];
              for (Index a = 0; a < kernel_size; ++a)
                for (Index b = 0; b < kernel_size; ++b) {
                  const Index row = o + a - rows.before, column = p + b - columns.before;
                  if (row < 0 || row >= rows.input || column < 0 || column >= columns.input) continue;
                  for (Index c = 0; c < channels; ++c) sum += x.pixel(n, row, column)[c] * kernel[at(a, b, c, f)];
                }
              y.pixel(n, o, p)[f] = sum;
            }
    }
  };
};

}  // namespace yours
