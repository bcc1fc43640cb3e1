/// GlobalMaxPooling2D<options...>: the largest value of all pixels, for each channel.
///
///     y[c] = max over rows and columns of x[row][column][c]
///
/// Option: KeepDims. Input shape (height, width, channels); output shape (channels), with KeepDims (1, 1, channels).
/// https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
#pragma once

#include <limits>

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <class... Options>
struct GlobalMaxPooling2D {
  static constexpr const char* class_name = "GlobalMaxPooling2D";
  static constexpr const char* default_name = "global_max_pooling2d";

  template <class S>
  using complaint = Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    using output_shape = std::conditional_t<is_among<KeepDims, Options...>, Shape<1, 1, channels>, Shape<channels>>;
    static constexpr bool undoes_previous = true;

    template <class Visit>
    [[gnu::always_inline]] static void for_pixels(const Visit& visit) {
      for (Index row = 0; row < height; ++row)
        for (Index column = 0; column < width; ++column) visit(row, column);
    }

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
          auto largest = simd::Vec<Scalar, L>{} - std::numeric_limits<Scalar>::infinity();
          for_pixels([&](Index row, Index column) LATENT_INLINED {
            const auto value = simd::load<L>(x.pixel(n, row, column) + c);
            largest = ((value > largest) | (value != value)) ? value : largest;  // NaN stays
          });
          simd::store(y.sample(n) + c, largest);
        });
    }

    /// dx = dz / m at the m pixels that have the largest value (Keras splits a tie here, but not in MaxPooling2D), 0
    /// elsewhere. There x = y, so the derivative of the activation before it is that of y.
    static void input_gradient(const auto&, auto x, auto y, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n)
        simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
          const auto largest = simd::load<L>(y.sample(n) + c);
          const simd::Vec<Scalar, L> zero{}, one = zero + 1;
          auto count = zero;
          for_pixels([&](Index row, Index column) LATENT_INLINED {
            count += simd::load<L>(x.pixel(n, row, column) + c) == largest ? one : zero;
          });
          const auto share = simd::load<L>(dz.sample(n) + c) / count * previous.derivative(largest);
          for_pixels([&](Index row, Index column) LATENT_INLINED {
            simd::store(dx.pixel(n, row, column) + c,
                        simd::load<L>(x.pixel(n, row, column) + c) == largest ? share : zero);
          });
        });
    }
  };

  static_assert(options_are<KeepDims, Options...>, "latent: GlobalMaxPooling2D's only option is KeepDims");
};

}  // namespace latent
