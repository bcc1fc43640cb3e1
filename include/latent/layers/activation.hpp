/// Activation<A>: an activation as a layer of its own, Activation<Sigmoid>.
///
///     y[i] = A(x[i])
///
/// Input shape: any; output shape the same. The activations that Keras has as layers, too, need no Activation<...>:
/// ReLU, ReLUWith<...>, LeakyReLU<>, ELU<>, Softmax.
/// https://keras.io/api/layers/core_layers/activation/, https://keras.io/api/layers/activation_layers/
#pragma once

#include "latent/layers/activations.hpp"
#include "latent/layers/reshape.hpp"

namespace latent {

namespace detail {

/// An activation whose derivative is a function of its input, which a layer of its own can read.
template <class S, class Scalar, class A>
struct OnInput : LayerDefaults {
  using output_shape = S;

  static void forward(const auto&, auto x, auto y, auto) {
    const auto run = [](const Scalar* from, Scalar* to, Index pixels) {
      constexpr auto value = [](auto v) { return A::value(v); };
      simd::map(to, pixels * S::channels, value, from);
    };
    kernels::for_runs(run, x, y);
  }

  /// dx = dz * A'(x)
  static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto) {
    const auto run = [](const Scalar* from, const Scalar* gradients, Scalar* to, Index pixels) {
      constexpr auto gradient = [](auto v, auto g) { return g * A::derivative_at(v); };
      simd::map(to, pixels * S::channels, gradient, from, gradients);
    };
    kernels::for_runs(run, x, dz, dx);
  }
};

}  // namespace detail

template <OptionOfKind<ActivationKind> A>
struct Activation {
  static constexpr const char* class_name = "Activation";
  static constexpr const char* default_name = "activation";
  using activation = std::conditional_t<NeedsInput<A>, Linear, A>;  // OnInput does all by itself
  using shown_activation = A;                                       ///< the activation that the summary names

  template <class S>
  using complaint = void;
  /// The layer on an input of that shape: see the layer contract.
  template <class InputShape, class Scalar>
  using On =
      std::conditional_t<NeedsInput<A>, detail::OnInput<InputShape, Scalar, A>, detail::InOrder<InputShape, Scalar>>;
};

template <class A>
template <class InputShape, class Scalar>
struct detail::AlsoLayer<A>::On : Activation<A>::template On<InputShape, Scalar> {};

}  // namespace latent
