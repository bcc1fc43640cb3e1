/// MaxPooling2D<pool_size, options...>: the largest value of each window, for each channel.
///
///     y[o][p][c] = max over the window of x[o s + a - before][p s + b - before][c];  padding never wins.
///
/// Options: Same | Valid (default), Strides<...> (default: the pool size).
/// Input shape (height, width, channels); output shape (new height, new width, channels).
/// https://keras.io/api/layers/pooling_layers/max_pooling2d/
#pragma once

#include "latent/layers/layer.hpp"

namespace latent {

template <Size pool_size, class... Options>
struct MaxPooling2D {
  static constexpr const char* class_name = "MaxPooling2D";
  static constexpr const char* default_name = "max_pooling2d";
  static constexpr Padding padding = PaddingOf<Valid, Options...>::padding;
  static constexpr Size stride = StridesOf<Strides<pool_size.height, pool_size.width>, Options...>::stride;

  template <class S>
  using complaint = FirstOf<
      Unless<at_least_1(pool_size) && at_least_1(stride), AlreadyReported>,
      Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>,
      Unless<padding == Padding::same || (S::height >= pool_size.height && S::width >= pool_size.width),
             Expects<an_input_at_least_as_large_as_its_window>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index channels = InputShape::channels;
    static constexpr kernels::Axis rows{InputShape::height, pool_size.height, stride.height, padding};
    static constexpr kernels::Axis columns{InputShape::width, pool_size.width, stride.width, padding};
    using output_shape = Shape<rows.output, columns.output, channels>;

    /// Calls visit(input row, input column) for the real pixels of the window of output (o, p), in row-major order.
    template <class Visit>
    [[gnu::always_inline]] static void for_window(Index o, Index p, const Visit& visit) {
#pragma GCC unroll 4
      for (Index a = 0; a < pool_size.height; ++a)
#pragma GCC unroll 4
        for (Index b = 0; b < pool_size.width; ++b) {
          const Index row = o * stride.height + a - rows.before, column = p * stride.width + b - columns.before;
          // Where nothing is padded the compiler knows that no check is needed.
          if (rows.before + rows.after > 0 && (row < 0 || row >= rows.input)) continue;
          if (columns.before + columns.after > 0 && (column < 0 || column >= columns.input)) continue;
          visit(row, column);
        }
    }

    template <class P, class X, class Y, class Act>
    static void forward(const P&, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < rows.output; ++o)
          for (Index p = 0; p < columns.output; ++p)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              auto largest = simd::Vec<Scalar, L>{} - std::numeric_limits<Scalar>::infinity();
              for_window(o, p, [&](Index row, Index column) {
                const auto value = simd::load<L>(x.pixel(n, row, column) + c);
                largest = ((value > largest) | (value != value)) ? value : largest;  // NaN stays
              });
              simd::store(y.pixel(n, o, p) + c, largest);
            });
    }

    static constexpr bool undoes_previous = true;
    static constexpr bool windows_overlap = stride.height < pool_size.height || stride.width < pool_size.width;
    static constexpr bool windows_cover = !windows_overlap && rows.output * stride.height - rows.before >= rows.input &&
                                          columns.output * stride.width - columns.before >= columns.input &&
                                          stride.height == pool_size.height && stride.width == pool_size.width;

    /// dx = dz at the first maximum of each window in row-major order, 0 elsewhere; windows that overlap add up.
    /// At a maximum x = y, so the derivative of the activation before it is that of y, at the smaller resolution.
    template <class P, class X, class Y, class Z, class DX, class Previous>
    static void input_gradient(const P&, View<const Scalar, X> x, View<const Scalar, Y> y, View<const Scalar, Z> dz,
                               View<Scalar, DX> dx, Previous) {
      for (Index n = 0; n < x.samples; ++n) {
        if constexpr (!windows_cover)
          for (Index row = 0; row < rows.input; ++row) std::fill_n(dx.pixel(n, row, 0), columns.input * channels, Scalar(0));
        for (Index o = 0; o < rows.output; ++o)
          for (Index p = 0; p < columns.output; ++p)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              using Vec = simd::Vec<Scalar, L>;
              const Vec largest = simd::load<L>(y.pixel(n, o, p) + c);
              Vec left = simd::load<L>(dz.pixel(n, o, p) + c) * Previous::derivative(largest);  // not yet given away
              for_window(o, p, [&](Index row, Index column) {
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

  static_assert(at_least_1(pool_size), "latent: MaxPooling2D's pool_size is at least 1");
  static_assert(at_least_1(stride) || !at_least_1(pool_size), "latent: MaxPooling2D's strides are at least 1");
  static_assert(((PaddingTag<Options> || StridesTag<Options>)&&...),
                "latent: MaxPooling2D's options are Same, Valid, Strides<...>");
  static_assert(each_option_once<Options...>, "latent: MaxPooling2D got two options of one kind");
};

}  // namespace latent
