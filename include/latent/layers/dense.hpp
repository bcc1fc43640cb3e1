/// Dense<units, options...>: a fully connected layer, on the last axis of its input.
///
///     y[.., u] = activation(bias[u] + sum_c x[.., c] * kernel[c][u])
///
/// Options: an activation (default Linear), NoBias, KernelInitializer<...>, BiasInitializer<...>, regularizers
/// (layers/regularizers.hpp).
/// Input shape (..., features); output shape (..., units).
/// kernel (features, units), Glorot uniform; bias (units), zeros.
/// https://keras.io/api/layers/core_layers/dense/
#pragma once

#include "latent/kernels/matrix.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Index units, class... Options>
struct Dense {
  static constexpr const char* class_name = "Dense";
  static constexpr const char* default_name = "dense";
  static constexpr bool use_bias = !is_among<NoBias, Options...>;
  using activation = OptionOf<Linear, Options...>;
  static constexpr Penalty activity_penalty = OptionOf<ActivityRegularizer<L2<0.0>>, Options...>::penalty;

  template <class S>
  using complaint = Unless<units >= 1, AlreadyReported>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index features = InputShape::channels;
    using output_shape = WithLast<InputShape, units>;

    static constexpr auto parameters = kernel_and_bias<Options...>({features, units}, 2, units);

    static void forward(const auto& p, auto x, auto y, auto activation) {
      const Scalar* start = nullptr;
      if constexpr (use_bias) start = p[1];
      const auto product = [&](const Scalar* from, Scalar* to, Index rows) {
        kernels::matrix_product<features, units>(from, p.prepared, start, to, rows);
      };
      kernels::for_runs(product, x, y);
      // Not while the sums are stored: so an auto-encoder's products back and forth are of one type, compiled once.
      apply_activation(y, activation);
    }

    /// dkernel[c][u] += sum over rows of x[c] * dz[u];  dbias[u] += sum over rows of dz[u]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      const auto add = [&](const Scalar* inputs, const Scalar* gradients, Index rows) {
        kernels::matrix_gradient<features, units>(inputs, gradients, dp[0], rows);
        if constexpr (use_bias) kernels::sum_rows<units>(gradients, dp[1], rows);
      };
      kernels::for_runs(add, x, dz);
    }

    /// The kernel, then the transposed kernel, in the order in which the products read them.
    static constexpr Index prepared_size = 2 * features * units;
    static void prepare(const auto& p, Scalar* prepared) {
      const Scalar* from = p[0];
      kernels::pack_weights<features, units>(1, [=](Index, Index c, Index u) { return from[c * units + u]; }, prepared);
      kernels::pack_weights<units, features>(
          1, [=](Index, Index u, Index c) { return from[c * units + u]; }, prepared + features * units);
    }

    /// dx[c] = sum_u dz[u] * kernel[c][u]
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
      const Scalar *transposed = p.prepared + features * units, *nothing = nullptr;
      const auto product = [&](const Scalar* from, Scalar* to, Index rows) {
        kernels::matrix_product<units, features>(from, transposed, nothing, to, rows);
      };
      kernels::for_runs(product, dz, dx);
    }
  };

  static_assert(units >= 1, "latent: Dense needs at least 1 unit");
  static_assert(options_are<KernelAndBiasKinds, Options...>,
                "latent: Dense's options are an activation, NoBias, KernelInitializer<...>, BiasInitializer<...>, "
                "regularizers");
  static_assert(each_option_once<Options...>, "latent: Dense got two options of one kind");
};

}  // namespace latent
