/// Exercise 1: a dense layer. Every output is a weighted sum of all inputs, and a bias.
///
///     y[n][u] = bias[u] + sum_c x[n][c] * kernel[c][u]
///
/// n: sample of the batch, c: feature (input), u: unit (output).
/// x (samples, features), y (samples, units), kernel (features, units), bias (units).
#pragma once

#include "latent/layers/layer.hpp"

namespace yours {
using namespace latent;

template <Index units>
struct Dense {
  static constexpr const char *class_name = "Dense", *default_name = "dense";
  template <class S>
  using complaint = void;  // every input fits

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index features = InputShape::channels;
    using output_shape = WithLast<InputShape, units>;
    static constexpr std::array parameters{ParameterSpec{"kernel", {features, units}, 2, Initializer::glorot_uniform},
                                           ParameterSpec{"bias", {units}, 1, Initializer::zeros}};

    // How to get at the numbers, in all three functions:
    //
    //     x.samples                 how many samples there are
    //     x.pixel(n, 0, 0)[c]       x[n][c]; the same for y, dz and dx. (A row is an image of one pixel.)
    //     kernel[c * units + u]     kernel[c][u], for a matrix lies in memory row after row

    /// Assigns every y[n][u].
    static void forward(const auto& p, auto x, auto y, auto) {
      const Scalar *kernel = p[0], *bias = p[1];
      for (Index n = 0; n < x.samples; ++n)
        for (Index u = 0; u < units; ++u) {
          Scalar sum = bias[u];
          for (Index c = 0; c < features; ++c) sum += x.pixel(n, 0, 0)[c] * kernel[c * units + u];
          y.pixel(n, 0, 0)[u] = sum;
        }
    }

    /// Adds to every dkernel[c][u] and every dbias[u]: other samples may have left something there. dz is dy.
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      Scalar *dkernel = dp[0], *dbias = dp[1];
      for (Index n = 0; n < x.samples; ++n)
        for (Index u = 0; u < units; ++u) {
          const Scalar gradient = dz.pixel(n, 0, 0)[u];
          dbias[u] += gradient;
          for (Index c = 0; c < features; ++c) dkernel[c * units + u] += x.pixel(n, 0, 0)[c] * gradient;
        }
    }

    /// Assigns every dx[n][c].
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
      const Scalar* kernel = p[0];
      for (Index n = 0; n < dz.samples; ++n)
        for (Index c = 0; c < features; ++c) {
          Scalar sum = 0;
          for (Index u = 0; u < units; ++u) sum += dz.pixel(n, 0, 0)[u] * kernel[c * units + u];
          dx.pixel(n, 0, 0)[c] = sum;
        }
    }
  };
};

}  // namespace yours
