/// MaxPooling2D<pool_size, options...>: the largest value of each window, for each channel.
///
///     y[o][p][c] = max over the window of x[o s + a - before][p s + b - before][c];  padding never wins.
///
/// Options: Same | Valid (default), Strides<...> (default: the pool size).
/// Input shape (height, width, channels); output shape (new height, new width, channels).
/// https://keras.io/api/layers/pooling_layers/max_pooling2d/
#pragma once

#include "latent/layers/pooling2d.hpp"

namespace latent {

template <Size pool_size, class... Options>
struct MaxPooling2D : detail::Pooling2D<pool_size, Options...> {
  static constexpr const char* class_name = "MaxPooling2D";
  static constexpr const char* default_name = "max_pooling2d";

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index channels = InputShape::channels;
    static constexpr kernels::Axis rows = MaxPooling2D::template rows<InputShape>;
    static constexpr kernels::Axis columns = MaxPooling2D::template columns<InputShape>;
    using output_shape = Shape<rows.output, columns.output, channels>;

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < rows.output; ++o)
          for (Index p = 0; p < columns.output; ++p)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              auto largest = simd::Vec<Scalar, L>{} - std::numeric_limits<Scalar>::infinity();
              kernels::for_window<rows, columns>(o, p, [&](Index row, Index column) {
                const auto value = simd::load<L>(x.pixel(n, row, column) + c);
                largest = ((value > largest) | (value != value)) ? value : largest;  // NaN stays
              });
              simd::store(y.pixel(n, o, p) + c, largest);
            });
    }

    static constexpr bool undoes_previous = true;
    static constexpr bool windows_overlap = rows.stride < rows.kernel || columns.stride < columns.kernel;
    static constexpr bool windows_cover = rows.stride == rows.kernel && columns.stride == columns.kernel &&
                                          rows.output * rows.stride - rows.before >= rows.input &&
                                          columns.output * columns.stride - columns.before >= columns.input;

    /// dx = dz at the first maximum of each window in row-major order, 0 elsewhere; windows that overlap add up.
    /// At a maximum x = y, so the derivative of the activation before it is that of y, at the smaller resolution.
    static void input_gradient(const auto&, auto x, auto y, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n) {
        if constexpr (!windows_cover)
          for (Index row = 0; row < rows.input; ++row)
            std::fill_n(dx.pixel(n, row, 0), columns.input * channels, Scalar(0));
        for (Index o = 0; o < rows.output; ++o)
          for (Index p = 0; p < columns.output; ++p)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              using Vec = simd::Vec<Scalar, L>;
              const Vec largest = simd::load<L>(y.pixel(n, o, p) + c);
              Vec left = simd::load<L>(dz.pixel(n, o, p) + c) * previous.derivative(largest);  // not yet given away
              kernels::for_window<rows, columns>(o, p, [&](Index row, Index column) {
                const auto here = simd::load<L>(x.pixel(n, row, column) + c) == largest;
                Vec gradient = here ? left : Vec{};
                left = here ? Vec{} : left;
                Scalar* to = dx.pixel(n, row, column) + c;
                if constexpr (windows_overlap) gradient += simd::load<L>(to);
                simd::store(to, gradient);
              });
            });
      }
    }
  };

  static_assert(MaxPooling2D::is_well_formed());
};

}  // namespace latent
