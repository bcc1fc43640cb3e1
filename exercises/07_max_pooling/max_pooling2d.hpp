/// Exercise 7: max pooling, the largest value of each window, for each channel.
///
///     y[n][o][p][c] = largest of x[n][o * stride + a - before][p * stride + b - before][c] over the taps (a, b)
///
/// x (images, height, width, channels), y (images, new height, new width, channels). It has no parameters.
#pragma once

#include <limits>

#include "latent/kernels/convolution.hpp"
#include "latent/layers/layer.hpp"

namespace yours {
using namespace latent;

template <Index pool_size, Index stride = pool_size, class PaddingOption = Valid>
struct MaxPooling2D {
  static constexpr const char *class_name = "MaxPooling2D", *default_name = "max_pooling2d";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    // rows.input, rows.output: rows of x and of y; rows.before: rows of padding above (0 for Valid).
    static constexpr kernels::Axis rows{InputShape::height, pool_size, stride, PaddingOption::padding};
    static constexpr kernels::Axis columns{InputShape::width, pool_size, stride, PaddingOption::padding};
    static constexpr Index channels = InputShape::channels;
    using output_shape = Shape<rows.output, columns.output, channels>;

    // x.pixel(n, row, column)[c] is x[n][row][column][c], and the others likewise; x.samples is the number of images.

    /// Assigns every y[n][o][p][c]. What lies outside of the image never wins: it is not 0, it is not there.
    static void forward(const auto &, auto x, auto y, auto) {
      // your turn
    }

    /// Assigns every dx[n][i][j][c]: the whole of dz goes to the first of the largest values of its window, row by row.
    /// Windows may overlap, and some pixels may be in no window. x and y are those of forward.
    static void input_gradient(const auto &, auto x, auto y, auto dz, auto dx, auto) {
      // your turn
    }
  };
};

}  // namespace yours
