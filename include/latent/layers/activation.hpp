/// Activation<A>: an activation as a layer of its own, Activation<Sigmoid>.
///
///     y[i] = A(x[i])
///
/// Input shape: any; output shape the same. The activations that Keras has as layers, too, need no Activation<...>:
/// ReLU, LeakyReLU<>, ELU<>, Softmax.
/// https://keras.io/api/layers/core_layers/activation/, https://keras.io/api/layers/activation_layers/
#pragma once

#include "latent/layers/activations.hpp"
#include "latent/layers/reshape.hpp"

namespace latent {

namespace detail {

/// An activation whose derivative is a function of its input, which a layer of its own has at hand.
template <class S, class Scalar, class A>
struct OnInput : LayerDefaults {
  using output_shape = S;

  template <class P, class X, class Y, class Act>
  static void forward(const P&, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
    const auto run = [](const Scalar* from, Scalar* to, Index pixels) {
      constexpr auto value = [](auto v) { return A::value(v); };
      simd::map(to, pixels * X::channels, value, from);
    };
    kernels::for_runs(run, x, y);
  }

  /// dx = dz * A'(x)
  template <class P, class X, class Y, class Z, class DX, class Previous>
  static void input_gradient(const P&, View<const Scalar, X> x, View<const Scalar, Y>, View<const Scalar, Z> dz,
                             View<Scalar, DX> dx, Previous) {
    const auto run = [](const Scalar* from, const Scalar* gradients, Scalar* to, Index pixels) {
      constexpr auto gradient = [](auto v, auto g) { return g * A::derivative_at(v); };
      simd::map(to, pixels * X::channels, gradient, from, gradients);
    };
    kernels::for_runs(run, x, dz, dx);
  }
};

}  // namespace detail

template <ActivationTag A>
struct Activation {
  static constexpr const char* class_name = "Activation";
  static constexpr const char* default_name = "activation";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  struct On : std::conditional_t<NeedsInput<A>, detail::OnInput<InputShape, Scalar, A>,
                                 detail::InOrder<InputShape, Scalar, A>> {};
};

template <class A>
template <class InputShape, class Scalar>
struct detail::AlsoLayer<A>::On : Activation<A>::template On<InputShape, Scalar> {};

}  // namespace latent
