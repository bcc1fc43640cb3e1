/// Rescaling<scale, offset>: every value times `scale`, plus `offset` (0 by default). Rescaling<1 / 255.0> in front of a network
/// takes images of 0..255; Rescaling<1 / 127.5, -1> makes them -1..1.
///
///     y[i] = x[i] * scale + offset
///
/// Input shape any; output shape the same. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Real scale, Real offset = 0.0>
struct Rescaling {
  static constexpr const char* class_name = "Rescaling";
  static constexpr const char* default_name = "rescaling";

  template <class S>
  using complaint = Unless<scale.value != 0, AlreadyReported>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;

    static void forward(const auto&, auto x, auto y, auto) {
      const auto run = [](const Scalar* from, Scalar* to, Index pixels) {
        constexpr auto rescaled = [](auto v) { return v * Scalar(scale.value) + Scalar(offset.value); };
        simd::map(to, pixels * InputShape::channels, rescaled, from);
      };
      kernels::for_runs(run, x, y);
    }

    /// dx = dz * scale
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      const auto run = [](const Scalar* gradients, Scalar* to, Index pixels) {
        constexpr auto rescaled = [](auto g) { return g * Scalar(scale.value); };
        simd::map(to, pixels * InputShape::channels, rescaled, gradients);
      };
      kernels::for_runs(run, dz, dx);
    }
  };

  static_assert(scale.value != 0, "latent: Rescaling's scale is not 0. In C++ 1 / 255 is 0; write 1 / 255.0");
};

}  // namespace latent
