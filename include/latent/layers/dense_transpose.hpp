/// DenseTranspose<"name", options...>: a fully connected layer with the kernel of the Dense layer of that name, transposed:
/// a decoder whose weights are tied to those of the encoder, which halves the number of weights.
///
///     y[.., c] = activation(bias[c] + sum_u x[.., u] * kernel[c][u])       kernel (features, units) of that Dense
///
/// The kernel's gradient is the sum of those of both layers. Options: an activation (default Linear), NoBias,
/// BiasInitializer<...>, regularizers of bias and activity (layers/regularizers.hpp).
/// Input shape (..., units); output shape (..., features). bias (features), zeros.
/// Keras has no such layer; A. Geron, "Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow", 2019, chapter 17.
#pragma once

#include "latent/kernels/matrix.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <FixedString dense, class... Options>
struct DenseTranspose {
  static constexpr const char *class_name = "DenseTranspose", *default_name = "dense_transpose";
  static constexpr const char* lender = dense.characters;  ///< the name of the Dense whose kernel is used
  static constexpr bool use_bias = !is_among<NoBias, Options...>;
  using activation = OptionOf<Linear, Options...>;
  static constexpr Penalty activity_penalty = OptionOf<ActivityRegularizer<L2<0.0>>, Options...>::penalty;

  /// `Lender` is the layer of that name, bound to its input.
  template <class Lender>
  static constexpr bool lends_a_kernel = [] {
    if constexpr (requires { requires Lender::parameters.size() > 0; })
      return Lender::parameters[0].rank == 2;
    else
      return false;
  }();
  template <class Lender>
  static constexpr Index units = Lender::parameters[0].dimensions[1];
  /// Whether the layer has as many inputs as that Dense has units.
  template <class S, class Lender>
  static constexpr bool fits = [] {
    if constexpr (lends_a_kernel<Lender>)
      return S::channels == units<Lender>;
    else
      return false;
  }();
  template <class S, class Lender>
  using complaint = Unless<fits<S, Lender>, Expects<as_many_values_as_the_Dense_of_that_name_has_units>>;

  template <class InputShape, class Scalar, class Lender>
  struct On : LayerDefaults {
    static constexpr Index units = InputShape::channels, features = Lender::parameters[0].dimensions[0];
    using output_shape = WithLast<InputShape, features>;

    static constexpr auto parameters = [] {
      auto specs = kernel_and_bias<Options...>({features, units}, 2, features);
      specs[0].borrowed = true;
      return specs;
    }();

    /// The transposed kernel, then the kernel, in the order in which the products read them.
    static constexpr Index prepared_size = 2 * features * units;
    static void prepare(const auto& p, Scalar* prepared) {
      const Scalar* from = p[0];
      kernels::pack_weights<units, features>(1, [=](Index, Index u, Index c) { return from[c * units + u]; }, prepared);
      kernels::pack_weights<features, units>(
          1, [=](Index, Index c, Index u) { return from[c * units + u]; }, prepared + features * units);
    }

    static void forward(const auto& p, auto x, auto y, auto activation) {
      const Scalar* start = nullptr;
      if constexpr (use_bias) start = p[1];
      const auto product = [&](const Scalar* from, Scalar* to, Index rows) {
        kernels::matrix_product<units, features>(from, p.prepared, start, to, rows);
      };
      kernels::for_runs(product, x, y);
      apply_activation(y, activation);
    }

    /// dkernel[c][u] += sum over rows of dz[c] * x[u];  dbias[c] += sum over rows of dz[c]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      const auto add = [&](const Scalar* inputs, const Scalar* gradients, Index rows) {
        kernels::matrix_gradient<features, units>(gradients, inputs, dp[0], rows);
        if constexpr (use_bias) kernels::sum_rows<features>(gradients, dp[1], rows);
      };
      kernels::for_runs(add, x, dz);
    }

    /// dx[u] = sum_c dz[c] * kernel[c][u]
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
      const Scalar *straight = p.prepared + features * units, *nothing = nullptr;
      const auto product = [&](const Scalar* from, Scalar* to, Index rows) {
        kernels::matrix_product<features, units>(from, straight, nothing, to, rows);
      };
      kernels::for_runs(product, dz, dx);
    }
  };

  static_assert(
      options_are<Kinds<ActivationKind, NoBias, BiasInitializerKind, BiasRegularizerKind, ActivityRegularizerKind>,
                  Options...>,
      "latent: DenseTranspose's options are an activation, NoBias, BiasInitializer<...>, regularizers of bias and "
      "activity");
  static_assert(each_option_once<Options...>, "latent: DenseTranspose got two options of one kind");
};

}  // namespace latent
