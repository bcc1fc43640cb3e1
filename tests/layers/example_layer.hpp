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

    static void forward(const auto& p, auto x, auto y, auto) {
      const Scalar* gain = p[0];
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c)
              y.pixel(n, row, column)[c] = (1 + gain[c]) * x.pixel(n, row, column)[c];
    }

    /// dgain[c] += sum over the pixels of x[c] * dz[c]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      Scalar* dgain = dp[0];
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c) dgain[c] += x.pixel(n, row, column)[c] * dz.pixel(n, row, column)[c];
    }

    /// dx[c] = (1 + gain[c]) * dz[c]
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
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
