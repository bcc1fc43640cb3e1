/// Gain: one factor for each channel, learned. It starts as the identity.
///
///     y[row][column][c] = (1 + gain[c]) * x[row][column][c]
///
/// Input shape (..., channels); output shape the same.
/// gain (channels), zeros.
#pragma once

#include <latent/layers/layer.hpp>

namespace latent {

struct Gain {
  static constexpr const char* class_name = "Gain";    // in summary(): "gain (Gain)"
  static constexpr const char* default_name = "gain";  // its parameter is then "gain/gain"

  template <class S>
  using complaint = void;  // every input fits

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    static constexpr std::array parameters{ParameterSpec{"gain", {channels}, 1, Initializer::zeros}};

    template <class P, class X, class Y, class Act>
    static void forward(const P& p, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
      const Scalar* gain = p[0];
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c)
              y.pixel(n, row, column)[c] = (1 + gain[c]) * x.pixel(n, row, column)[c];
    }

    /// dgain[c] += sum over the pixels of x[c] * dz[c]
    template <class P, class X, class Z>
    static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dz, const P& dp) {
      Scalar* dgain = dp[0];
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c)
              dgain[c] += x.pixel(n, row, column)[c] * dz.pixel(n, row, column)[c];
    }

    /// dx[c] = (1 + gain[c]) * dz[c]
    template <class P, class X, class Y, class Z, class DX, class Previous>
    static void input_gradient(const P& p, View<const Scalar, X>, View<const Scalar, Y>, View<const Scalar, Z> dz,
                               View<Scalar, DX> dx, Previous) {
      const Scalar* gain = p[0];
      for (Index n = 0; n < dz.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c)
              dx.pixel(n, row, column)[c] = (1 + gain[c]) * dz.pixel(n, row, column)[c];
    }
  };
};

}  // namespace latent
