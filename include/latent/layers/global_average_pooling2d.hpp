/// GlobalAveragePooling2D<options...>: the mean over all pixels, for each channel.
///
///     y[c] = mean over rows and columns of x[row][column][c]
///
/// Option: KeepDims. Input shape (height, width, channels); output shape (channels), with KeepDims (1, 1, channels).
/// https://keras.io/api/layers/pooling_layers/global_average_pooling2d/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <class... Options>
struct GlobalAveragePooling2D {
  static constexpr const char* class_name = "GlobalAveragePooling2D";
  static constexpr const char* default_name = "global_average_pooling2d";

  template <class S>
  using complaint = Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    using output_shape = std::conditional_t<is_among<KeepDims, Options...>, Shape<1, 1, channels>, Shape<channels>>;
    static constexpr bool undoes_previous = true;
    static constexpr Scalar share = Scalar(1) / static_cast<Scalar>(height * width);

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n) {
        Scalar* means = y.sample(n);
        std::fill_n(means, channels, Scalar(0));
        kernels::sum_pixels(x, n, means);
        for (Index c = 0; c < channels; ++c) means[c] *= share;
      }
    }

    /// dx[row][column][c] = dz[c] / (height * width)
    static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              simd::store(dx.pixel(n, row, column) + c,
                          simd::load<L>(dz.sample(n) + c) * share *
                              previous.derivative(simd::load<L>(x.pixel(n, row, column) + c)));
            });
    }
  };

  static_assert(options_are<KeepDims, Options...>, "latent: GlobalAveragePooling2D's only option is KeepDims");
};

}  // namespace latent
