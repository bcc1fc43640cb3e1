/// UpSampling2D<size>: repeats every pixel, nearest-neighbour interpolation.
///
///     y[o][p][c] = x[o / size.height][p / size.width][c]
///
/// Input shape (height, width, channels); output shape (height * size.height, width * size.width, channels).
/// https://keras.io/api/layers/reshaping_layers/up_sampling2d/
#pragma once

#include "latent/layers/layer.hpp"

namespace latent {

template <Size size, class... Options>
struct UpSampling2D {
  static constexpr const char* class_name = "UpSampling2D";
  static constexpr const char* default_name = "up_sampling2d";

  template <class S>
  using complaint = FirstOf<Unless<at_least_1(size), AlreadyReported>,
                            Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    using output_shape = Shape<height * size.height, width * size.width, channels>;
    static constexpr bool undoes_previous = true;

    template <class P, class X, class Y, class Act>
    static void forward(const P&, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              const auto value = simd::load<L>(x.pixel(n, row, column) + c);
              for (Index a = 0; a < size.height; ++a)
                for (Index b = 0; b < size.width; ++b)
                  simd::store(y.pixel(n, row * size.height + a, column * size.width + b) + c, value);
            });
    }

    /// dx[row][column] = the sum of dz over the copies of that pixel.
    template <class P, class X, class Y, class Z, class DX, class Previous>
    static void input_gradient(const P&, View<const Scalar, X> x, View<const Scalar, Y>, View<const Scalar, Z> dz,
                               View<Scalar, DX> dx, Previous) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              simd::Vec<Scalar, L> sum{};
              for (Index a = 0; a < size.height; ++a)
                for (Index b = 0; b < size.width; ++b)
                  sum += simd::load<L>(dz.pixel(n, row * size.height + a, column * size.width + b) + c);
              simd::store(dx.pixel(n, row, column) + c,
                          sum * Previous::derivative(simd::load<L>(x.pixel(n, row, column) + c)));
            });
    }
  };

  static_assert(at_least_1(size), "latent: UpSampling2D's size is at least 1");
  static_assert(sizeof...(Options) == 0, "latent: UpSampling2D has no options but its size");
};

}  // namespace latent
