/// Penalties on kernels, biases and activities: options of a layer, `Dense<32, ReLU, ActivityRegularizer<L1<1e-5>>>`.
///
///     L1<l1>          l1 sum |v|
///     L2<l2>          l2 sum v^2
///     L1L2<l1, l2>    both
///
/// The penalty on an activity (a layer's output) is divided by the batch size, those on kernels and biases are not.
/// The gradient of |v| at 0 is 0. https://keras.io/api/layers/regularizers/
#pragma once

#include "latent/core/real.hpp"
#include "latent/kernels/math.hpp"

namespace latent {

/// A regularizer as a value: l1 sum |v| + l2 sum v^2.
struct Penalty {
  double l1 = 0, l2 = 0;  ///< The factors of the absolute values and of the squares.
  /// Whether there is a penalty at all.
  constexpr bool any() const { return l1 != 0 || l2 != 0; }
  /// Both penalties together.
  constexpr Penalty operator+(const Penalty& other) const { return {l1 + other.l1, l2 + other.l2}; }

  template <class Scalar>
  double value(const Scalar* v, Index count) const {
    double sum = 0, squares = 0;
    simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
      const auto values = simd::load<L>(v + i);
      sum += static_cast<double>(simd::sum<L, Scalar>(values < 0 ? -values : values));
      squares += static_cast<double>(simd::sum<L, Scalar>(values * values));
    });
    return l1 * sum + l2 * squares;
  }

  /// dv += weight * (l1 sign(v) + 2 l2 v)
  template <class Scalar>
  void add_gradient(const Scalar* v, Scalar* dv, Index count, double weight) const {
    const auto a = static_cast<Scalar>(weight * l1), b = static_cast<Scalar>(weight * 2 * l2);
    simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
      const auto values = simd::load<L>(v + i);
      const simd::Vec<Scalar, L> zero{}, plus = zero + a, minus = zero - a;
      const simd::Vec<Scalar, L> sign = values > 0 ? plus : values < 0 ? minus : zero;
      simd::store(dv + i, simd::load<L>(dv + i) + (sign + b * values));
    });
  }
};

/// l1 sum |v|
template <Real l1>
struct L1 {
  static constexpr Penalty penalty{l1.value, 0};
  static_assert(l1.value >= 0, "latent: the factor of a regularizer is at least 0");
  LATENT_NO_WHOLE_ZERO(l1, "L1<factor>");
};
/// l2 sum v^2
template <Real l2>
struct L2 {
  static constexpr Penalty penalty{0, l2.value};
  static_assert(l2.value >= 0, "latent: the factor of a regularizer is at least 0");
  LATENT_NO_WHOLE_ZERO(l2, "L2<factor>");
};
/// l1 sum |v| + l2 sum v^2
template <Real l1, Real l2>
struct L1L2 {
  static constexpr Penalty penalty{l1.value, l2.value};
  static_assert(l1.value >= 0 && l2.value >= 0, "latent: the factors of a regularizer are at least 0");
  static_assert(
      !(l1.is_whole_zero && l2.is_whole_zero),
      "latent: both factors of a regularizer are the whole number 0. In C++ 1 / 100 is 0, too: write 0.01, or 0.0 "
      "where 0 is meant");
};

struct KernelRegularizerKind;
struct BiasRegularizerKind;
struct ActivityRegularizerKind;

/// A regularizer of the kernel.
template <class Regularizer>
struct KernelRegularizer : Regularizer {
  using kind = KernelRegularizerKind;
};
/// A regularizer of the biases.
template <class Regularizer>
struct BiasRegularizer : Regularizer {
  using kind = BiasRegularizerKind;
};
/// A regularizer of the layer's result, mean over the batch as in Keras.
template <class Regularizer>
struct ActivityRegularizer : Regularizer {
  using kind = ActivityRegularizerKind;
};

}  // namespace latent
