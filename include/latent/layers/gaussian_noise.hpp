/// GaussianNoise<stddev>: in training adds noise of mean 0 to every value; at inference y = x.
///
///     y = x + stddev * noise
///
/// Each sample gets new noise in each step. A denoising auto-encoder with new noise in each epoch:
/// `Sequential<Input<28, 28, 1>, GaussianNoise<0.5>, ...>`, trained on clean images as inputs and targets.
/// Input shape any; output shape the same. https://keras.io/api/layers/regularization_layers/gaussian_noise/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Real stddev>
struct GaussianNoise {
  static constexpr const char* class_name = "GaussianNoise";
  static constexpr const char* default_name = "gaussian_noise";

  template <class S>
  using complaint = Unless<(stddev.value >= 0), AlreadyReported>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index row_size = InputShape::width * InputShape::channels, pairs = (row_size + 1) / 2;

    static void forward(const auto& p, auto x, auto y, auto) {
      kernels::copy_in_order(x, y);
      if (!p.call.training) return;
      const Random random = p.call.random(Purpose::gaussian_noise);
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < InputShape::height; ++row) {
          const Index first = (p.call.place(n) * InputShape::height + row) * pairs;
          Scalar* values = y.pixel(n, row, 0);
          for (Index pair = 0; pair < pairs; ++pair) {
            const auto noise = random.normal_pair(first + pair);
            values[2 * pair] += static_cast<Scalar>(stddev.value * noise[0]);
            if (2 * pair + 1 < row_size) values[2 * pair + 1] += static_cast<Scalar>(stddev.value * noise[1]);
          }
        }
    }
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) { kernels::copy_in_order(dz, dx); }
  };

  LATENT_NO_WHOLE_ZERO(stddev, "GaussianNoise<stddev>");
  static_assert(stddev.value >= 0, "latent: GaussianNoise's stddev is at least 0");
};

}  // namespace latent
