/// Activations, as tags fused into a layer (`Dense<32, ReLU>`) and as layers of their own (`Activation<ReLU>`).
///
/// Every activation's derivative is a function of its result y, so that only y has to be kept:
///     value(z)        y, for a scalar or a vector
///     derivative(y)   dy/dz, for a scalar or a vector
/// Those whose value needs more than a few instructions (`cheap` is false) are applied in place to a run of values.
/// Formulas: https://keras.io/api/layers/activations/
#pragma once

#include <cmath>

#include "latent/core/shape.hpp"
#include "latent/kernels/math.hpp"

namespace latent {

struct Linear {
  static constexpr bool is_activation = true, cheap = true;
  template <class V>
  static V value(V z) {
    return z;
  }
  template <class V>
  static V derivative(V) {
    return V{} + 1;
  }
};

/// max(z, 0). The derivative at 0 is 0; NaN stays NaN.
struct ReLU {
  static constexpr bool is_activation = true, cheap = true;
  template <class V>
  static V value(V z) {
    return z < 0 ? V{} : z;
  }
  template <class V>
  static V derivative(V y) {
    return y > 0 ? V{} + 1 : V{};
  }
};

/// 1 / (1 + exp(-z)).
struct Sigmoid {
  static constexpr bool is_activation = true, cheap = false;
  template <class Scalar>
  static void apply(Scalar* z, Index count, Index /*channels*/) {
    simd::for_each_vector<Scalar>(count, [z]<int L>(Index i) {
      simd::Vec<Scalar, L> e;
      simd::store(z + i, simd::sigmoid<L, Scalar>(simd::load<L>(z + i), e));
    });
  }
  template <class V>
  static V derivative(V y) {
    return y * (1 - y);
  }
};

struct Tanh {
  static constexpr bool is_activation = true, cheap = false;
  template <class Scalar>
  static void apply(Scalar* z, Index count, Index /*channels*/) {
    for (Index i = 0; i < count; ++i) z[i] = std::tanh(z[i]);
  }
  template <class V>
  static V derivative(V y) {
    return 1 - y * y;
  }
};

/// exp(z_c) / sum over the channels of exp(z_k). Its derivative is a matrix, so it has `undo` instead of `derivative`:
///     dz_c = y_c (dy_c - sum_k y_k dy_k).
struct Softmax {
  static constexpr bool is_activation = true, cheap = false;
  template <class Scalar>
  static void apply(Scalar* z, Index count, Index channels) {
    for (Index i = 0; i < count; i += channels) {
      Scalar *first = z + i, *last = first + channels, sum = 0;
      const Scalar largest = *std::max_element(first, last);  // no exponent is above 0: no overflow
      for (Scalar* v = first; v < last; ++v) sum += *v = std::exp(*v - largest);
      for (Scalar* v = first; v < last; ++v) *v /= sum;
    }
  }
  template <class Scalar>
  static void undo(const Scalar* y, Scalar* dy, Index count, Index channels) {
    for (Index i = 0; i < count; i += channels) {
      Scalar dot = 0;
      for (Index c = i; c < i + channels; ++c) dot += y[c] * dy[c];
      for (Index c = i; c < i + channels; ++c) dy[c] = y[c] * (dy[c] - dot);
    }
  }
};

/// An activation with a derivative for each value apart.
template <class A>
concept Elementwise = requires(float y) { A::derivative(y); };

/// What a kernel does to a sum before it stores it: an activation of a few instructions is applied there and then; the
/// others follow in a pass of their own.
template <class A>
struct StoreValue {
  template <int Lanes, class V>
  [[gnu::always_inline]] V operator()(V z, const auto&... /*where*/) const {
    return A::value(z);
  }
};
template <class A>
using StoreActivated = StoreValue<std::conditional_t<A::cheap, A, Linear>>;

/// What a kernel does to the gradient with respect to x before it stores it: x = activation(z), the gradient with respect
/// to z is kept.
template <class A, class Scalar, class X>
struct UndoActivation {
  View<const Scalar, X> x;
  template <int Lanes, class V>
  [[gnu::always_inline]] V operator()(V gradient, Index n, Index row, Index column, Index channel) const {
    if constexpr (std::is_same_v<A, Linear>)
      return gradient;
    else
      return gradient * A::derivative(simd::load<Lanes>(x.pixel(n, row, column) + channel));
  }
};

/// z -> y in place.
template <class A, class Scalar, class L>
void apply_activation(View<Scalar, L> z) {
  if constexpr (std::is_same_v<A, Linear>) return;
  for (Index n = 0; n < z.samples; ++n)
    for (Index row = 0; row < L::height; ++row) {
      Scalar* values = z.pixel(n, row, 0);
      constexpr Index count = L::width * L::channels;
      if constexpr (A::cheap) {
        for (Index i = 0; i < count; ++i) values[i] = A::value(values[i]);
      } else {
        A::apply(values, count, L::channels);
      }
    }
}

/// dy -> dz in place, given y.
template <class A, class Scalar, class LY, class LD>
void undo_activation(View<const Scalar, LY> y, View<Scalar, LD> dy) {
  if constexpr (std::is_same_v<A, Linear>) return;
  for (Index n = 0; n < y.samples; ++n)
    for (Index row = 0; row < LY::height; ++row) {
      const Scalar* values = y.pixel(n, row, 0);
      Scalar* gradients = dy.pixel(n, row, 0);
      constexpr Index count = LY::width * LY::channels;
      if constexpr (Elementwise<A>) {
        simd::for_each_vector<Scalar, count>([&]<int L>(Index i) {
          simd::store(gradients + i, simd::load<L>(gradients + i) * A::derivative(simd::load<L>(values + i)));
        });
      } else {
        A::undo(values, gradients, count, LY::channels);
      }
    }
}

}  // namespace latent
