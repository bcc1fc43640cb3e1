/// exp and the logarithm of a cross-entropy, for vectors and scalars alike: the C library's take one number at a time,
/// and sigmoid and cross-entropy of every pixel would then cost as much as a small convolution.
#pragma once

#include <cstdint>
#include <limits>

#include "latent/kernels/simd.hpp"

namespace latent::simd {

template <class Scalar>
struct Bits;
template <>
struct Bits<float> {
  using integer = std::int32_t;
  static constexpr integer mantissa = 23, bias = 127;
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // their sum is log 2; n * high is exact
  static constexpr int exp_terms = 7, log_terms = 9;
};
template <>
struct Bits<double> {
  using integer = std::int64_t;
  static constexpr integer mantissa = 52, bias = 1023;
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr int exp_terms = 13, log_terms = 18;
};

/// exp(x) for x <= 0, to about 2 units in the last place; below the smallest normal number it is 0.
///     x = n log 2 + r, |r| <= log(2) / 2:  exp(x) = 2^n * (1 + r + r^2 / 2! + ...)
template <int Lanes, class Scalar>
[[gnu::always_inline]] inline Vec<Scalar, Lanes> exp_of_negative(Vec<Scalar, Lanes> x) {
  using B = Bits<Scalar>;
  using V = Vec<Scalar, Lanes>;
  using I = Vec<typename B::integer, Lanes>;
  constexpr Scalar lowest = static_cast<Scalar>(1 - B::bias) * Scalar(0.6931471805599453);
  const V clamped = x < lowest ? V{} + lowest : x;
  const V scaled = clamped * Scalar(1.4426950408889634) - Scalar(0.5);
  I n;  // rounded to the nearest: the conversion cuts towards 0, and all are negative
  if constexpr (Lanes == 1)
    n = static_cast<typename B::integer>(scaled);
  else
    n = __builtin_convertvector(scaled, I);
  V whole;
  if constexpr (Lanes == 1)
    whole = static_cast<Scalar>(n);
  else
    whole = __builtin_convertvector(n, V);
  const V r = (clamped - whole * B::ln2_high) - whole * B::ln2_low;
  V sum = V{} + 1;
#pragma GCC unroll 20
  for (int k = B::exp_terms; k >= 1; --k) sum = 1 + sum * r * (Scalar(1) / static_cast<Scalar>(k));  // Horner
  const I exponent = (n + B::bias) << B::mantissa;
  V power;
  std::memcpy(&power, &exponent, sizeof power);
  return x < lowest ? V{} : sum * power;  // NaN stays NaN: it is not below anything
}

/// log(1 + e) for 0 <= e <= 1:  2 artanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...),  s = e / (2 + e) <= 1 / 3.
template <int Lanes, class Scalar>
[[gnu::always_inline]] inline Vec<Scalar, Lanes> log1p_of_unit(Vec<Scalar, Lanes> e) {
  using V = Vec<Scalar, Lanes>;
  const V s = e / (2 + e), square = s * s;
  V sum{};
#pragma GCC unroll 20
  for (int k = Bits<Scalar>::log_terms; k >= 0; --k) sum = sum * square + Scalar(1) / static_cast<Scalar>(2 * k + 1);
  return 2 * s * sum;
}

/// 1 / (1 + exp(-z)), and exp(-|z|) on the way.
template <int Lanes, class Scalar>
[[gnu::always_inline]] inline Vec<Scalar, Lanes> sigmoid(Vec<Scalar, Lanes> z, Vec<Scalar, Lanes>& exp_of_minus_abs) {
  using V = Vec<Scalar, Lanes>;
  exp_of_minus_abs = exp_of_negative<Lanes, Scalar>(z > 0 ? -z : z);
  return (z < 0 ? exp_of_minus_abs : V{} + 1) / (1 + exp_of_minus_abs);
}

/// Calls f.template operator()<Lanes>(i) for vectors, then scalars, that cover 0 ... count - 1.
template <class Scalar, class F>
[[gnu::always_inline]] inline void for_each_vector(Index count, F&& f) {
  const Index whole = count - count % lanes<Scalar>;
  for (Index i = 0; i < whole; i += lanes<Scalar>) f.template operator()<lanes<Scalar>>(i);
  for (Index i = whole; i < count; ++i) f.template operator()<1>(i);
}

}  // namespace latent::simd
