/// AveragePooling2D<pool_size, options...>: the mean of each window, for each channel.
///
///     y[o][p][c] = mean over the window of x[o s + a - before][p s + b - before][c];  padding is not counted.
///
/// Options: Same | Valid (default), Strides<...> (default: the pool size).
/// Input shape (height, width, channels); output shape (new height, new width, channels).
/// https://keras.io/api/layers/pooling_layers/average_pooling2d/
#pragma once

#include "latent/layers/pooling2d.hpp"

namespace latent {

template <Size pool_size, class... Options>
struct AveragePooling2D : detail::Pooling2D<pool_size, Options...> {
  static constexpr const char* class_name = "AveragePooling2D";
  static constexpr const char* default_name = "average_pooling2d";

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    static constexpr kernels::Axis rows = AveragePooling2D::template rows<InputShape>;
    static constexpr kernels::Axis columns = AveragePooling2D::template columns<InputShape>;
    using output_shape = Shape<rows.output, columns.output, channels>;
    static constexpr bool undoes_previous = true;

    /// The weight of a pixel in the mean of output (o, p): 1 / the number of real pixels in its window.
    static constexpr Scalar share(Index o, Index p) {
      return Scalar(1) / static_cast<Scalar>(rows.real_taps(o) * columns.real_taps(p));
    }

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < rows.output; ++o)
          for (Index p = 0; p < columns.output; ++p)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              simd::Vec<Scalar, L> sum{};
              kernels::for_window<rows, columns>(
                  o, p, [&](Index row, Index column) { sum += simd::load<L>(x.pixel(n, row, column) + c); });
              simd::store(y.pixel(n, o, p) + c, sum * share(o, p));
            });
    }

    /// dx[row][column][c] = the sum of dz[o][p][c] * share(o, p) over the windows (o, p) that hold the pixel
    static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              simd::Vec<Scalar, L> sum{};
              for (Index o = rows.first_reader(row); o <= rows.last_reader(row); ++o)
                for (Index p = columns.first_reader(column); p <= columns.last_reader(column); ++p)
                  sum += simd::load<L>(dz.pixel(n, o, p) + c) * share(o, p);
              simd::store(dx.pixel(n, row, column) + c,
                          sum * previous.derivative(simd::load<L>(x.pixel(n, row, column) + c)));
            });
    }
  };

  static_assert(AveragePooling2D::is_well_formed());
};

}  // namespace latent
