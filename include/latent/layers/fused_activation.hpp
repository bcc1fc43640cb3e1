/// How activations work inside other layers: `Dense<32, ReLU>`. The activations themselves are in activations.hpp.
///
/// Most derivatives are functions of the result y, so that only y has to be kept. An activation is a type with
///     kind                     ActivationKind: it is an option of layers (layers/options.hpp)
///     value(z)                 y, for a scalar or a vector
///     cheap                    whether that is a matter of a few instructions: a convolution then applies it to its
///                              sums before it stores them; other activations follow in a pass of their own
///     is_looked_through        true, if there is a loss that looks through it to the logits (`absorbs`, losses/loss.hpp)
/// and one of
///     derivative(y)            dy/dz for a scalar or a vector, given the result
///     derivative_at(z)         dy/dz given the input. `Dense<32, GELU>` then is a chain of two layers, a Dense without
///                              an activation and an `Activation<GELU>`, which has its input at hand (models/model.hpp)
/// Softmax, whose derivative is a matrix, has instead of value and derivative
///     apply(z, count, channels)     z -> y in place, pixel after pixel
///     undo(y, dy, count, channels)  dy -> dz in place
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/kernels/math.hpp"

namespace latent {

struct ActivationKind;

/// No activation: y = z.
struct Linear {
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  template <class V>
  static V value(V z) {
    return z;
  }
  template <class V>
  static V derivative(V) {
    return V{} + 1;
  }
};

/// An activation with an elementwise derivative that is a function of the result.
template <class A>
concept Elementwise = requires(float y) { A::derivative(y); };
/// An activation whose derivative cannot be computed from its result.
template <class A>
concept NeedsInput = requires(float z) { A::derivative_at(z); };

/// An activation through which some loss looks to the logits.
template <class A>
concept LossesLookThrough = requires { A::is_looked_through; };

/// The function that a kernel applies to a sum before it stores it.
template <class A>
struct StoreValue {
  /// The activation of the sum.
  template <int Lanes, class V>
  [[gnu::always_inline]] V operator()(V z, const auto&... /*where*/) const {
    return A::value(z);
  }
};
/// Applies the layer's activation if it is cheap; otherwise stores the sum as it is.
template <class A>
using StoreActivated = StoreValue<std::conditional_t<A::cheap, A, Linear>>;

/// What a kernel does to the gradient with respect to x before it stores it: x = activation(z), the gradient with
/// respect to z is kept.
template <class A, class Scalar, class X>
struct UndoActivation {
  View<const Scalar, X> x;  ///< the layer's inputs, which are the results of the layer before
  /// For these inputs; only the activation's type matters.
  UndoActivation(A, View<const Scalar, X> inputs) : x(inputs) {}
  /// The gradient with respect to the result before the activation, at that place.
  template <int Lanes, class V>
  [[gnu::always_inline]] V operator()(V gradient, Index n, Index row, Index column, Index channel) const {
    if constexpr (std::is_same_v<A, Linear>)
      return gradient;
    else
      return gradient * A::derivative(simd::load<Lanes>(x.pixel(n, row, column) + channel));
  }
};

/// z -> y in place, `count` values with the last axis `channels`.
template <class A, class Scalar>
void apply_activation(Scalar* values, Index count, Index channels) {
  if constexpr (Elementwise<A>)
    simd::map(values, count, [](auto v) { return A::value(v); }, values);
  else
    A::apply(values, count, channels);
}
/// Applies an activation in place to all values of a view.
template <class A, class Scalar, class L>
void apply_activation(View<Scalar, L> z, A = {}) {
  const auto apply = [](Scalar* values, Index pixels) {
    apply_activation<A>(values, pixels * L::channels, L::channels);
  };
  if constexpr (!std::is_same_v<A, Linear>) kernels::for_runs(apply, z);
}

/// dy -> dz in place, given y.
template <class A, class Scalar, class LY, class LD>
void undo_activation(View<const Scalar, LY> y, View<Scalar, LD> dy) {
  static_assert(!NeedsInput<A>, "latent: a layer says outside On which activation is fused into it");
  const auto undo = [](const Scalar* values, Scalar* gradients, Index pixels) {
    if constexpr (Elementwise<A>)
      simd::map(
          gradients, pixels * LY::channels, [](auto v, auto g) { return g * A::derivative(v); }, values, gradients);
    else
      A::undo(values, gradients, pixels * LY::channels, LY::channels);
  };
  if constexpr (!std::is_same_v<A, Linear>) kernels::for_runs(undo, y, dy);
}

}  // namespace latent
