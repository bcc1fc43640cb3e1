/// exp, tanh and the logarithm of a cross-entropy, for vectors and scalars: the C library's functions take one number at a
/// time, and sigmoid and cross-entropy of every pixel would then cost as much as a small convolution.
///
/// V is a vector (simd::Vec) or a scalar. All functions are right to a few units in the last place for numbers of any
/// size, and NaN stays NaN.
#pragma once

#include <array>
#include <cmath>
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
  static constexpr int exp_terms = 7, log_terms = 6, normal_terms = 11;
};
template <>
struct Bits<double> {
  using integer = std::int64_t;
  static constexpr integer mantissa = 52, bias = 1023;
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr int exp_terms = 13, log_terms = 16, normal_terms = 24;
};
template <class V>
using IntegersOf = Vec<typename Bits<ScalarOf<V>>::integer, lanes_of<V>>;

/// |x|
template <class V>
[[gnu::always_inline]] inline V absolute(V x) {
  return x < 0 ? -x : x;
}

/// 2^n, for 1 - bias <= n <= bias.
template <class V>
[[gnu::always_inline]] inline V power_of_2(IntegersOf<V> n) {
  using B = Bits<ScalarOf<V>>;
  const IntegersOf<V> exponent = (n + B::bias) << B::mantissa;
  V power;
  std::memcpy(&power, &exponent, sizeof power);
  return power;
}

/// 1 / k!
template <class Scalar>
inline constexpr auto one_over_factorial = [] {
  std::array<Scalar, Bits<Scalar>::exp_terms + 1> inverse{};
  double factorial = 1;
  for (std::size_t k = 0; k < inverse.size(); factorial *= static_cast<double>(++k))
    inverse[k] = static_cast<Scalar>(1 / factorial);
  return inverse;
}();

/// The largest negative number whose exp is not a normal number any more.
template <class Scalar>
inline constexpr Scalar lowest_exponent = static_cast<Scalar>(1 - Bits<Scalar>::bias) * Scalar(0.6931471805599453);

/// n and e with exp(x) = 2^n (1 + e), for x from lowest_exponent up to the logarithm of the largest number:
///     x = n log 2 + r, |r| <= log(2) / 2;   e = exp(r) - 1 = r (1 + r / 2! + r^2 / 3! + ...)
/// n is rounded by adding a number so large that the sum has no room for a fraction: its last bits are n's.
template <class V>
struct SplitExp {
  IntegersOf<V> n;
  V e;

  [[gnu::always_inline]] explicit SplitExp(V x) {
    using Scalar = ScalarOf<V>;
    using B = Bits<Scalar>;
    constexpr Scalar large = static_cast<Scalar>(typename B::integer(3) << (B::mantissa - 1));
    const V rounded = x * Scalar(1.4426950408889634) + large, whole = rounded - large;
    n = detail::bit_cast<IntegersOf<V>>(rounded) - detail::bit_cast<typename B::integer>(large);
    const V r = (x - whole * B::ln2_high) - whole * B::ln2_low;
    V sum = V{} + one_over_factorial<Scalar>[B::exp_terms];
#pragma GCC unroll 20
    for (std::size_t k = B::exp_terms - 1; k >= 1; --k) sum = sum * r + one_over_factorial<Scalar>[k];  // Horner
    e = r * sum;
  }
};

/// exp(x); below the smallest normal number it is 0, above the largest infinite.
template <class V>
[[gnu::always_inline]] inline V exp(V x) {
  using Scalar = ScalarOf<V>;
  constexpr Scalar low = lowest_exponent<Scalar>, highest = Scalar(1 + Bits<Scalar>::bias) * Scalar(0.6931471805599453);
  const SplitExp<V> split(x < low ? V{} + low : x > highest ? V{} + highest : x);
  const IntegersOf<V> half = split.n >> 1;  // 2^n alone can be larger than the largest number
  const V result = (1 + split.e) * power_of_2<V>(half) * power_of_2<V>(split.n - half);
  return x < low ? V{} : x > highest ? V{} + std::numeric_limits<Scalar>::infinity() : result;
}

/// exp(x) for x <= 0; below the smallest normal number it is 0.
template <class V>
[[gnu::always_inline]] inline V exp_of_negative(V x) {
  constexpr auto low = lowest_exponent<ScalarOf<V>>;
  const SplitExp<V> split(x < low ? V{} + low : x);
  return x < low ? V{} : (1 + split.e) * power_of_2<V>(split.n);
}

/// exp(x) - 1 for x <= 0, which keeps its digits where exp(x) is close to 1.
template <class V>
[[gnu::always_inline]] inline V expm1_of_negative(V x) {
  constexpr auto low = lowest_exponent<ScalarOf<V>>;
  const SplitExp<V> split(x < low ? V{} + low : x);
  const V power = power_of_2<V>(split.n);
  return split.e * power + (power - 1);
}

/// log((1 + s) / (1 - s)) for 0 <= s <= 1 / 3:  2 artanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...).
template <class V>
[[gnu::always_inline]] inline V twice_artanh(V s) {
  using Scalar = ScalarOf<V>;
  const V square = s * s;
  V sum{};
#pragma GCC unroll 20
  for (int k = Bits<Scalar>::log_terms; k >= 0; --k) sum = sum * square + Scalar(1) / static_cast<Scalar>(2 * k + 1);
  return 2 * s * sum;
}
/// log(1 + e) for 0 <= e <= 1.
template <class V>
[[gnu::always_inline]] inline V log1p_of_unit(V e) {
  return twice_artanh(e / (2 + e));
}

/// 1 / (1 + exp(-z)), and exp(-|z|) on the way.
template <class V>
[[gnu::always_inline]] inline V sigmoid(V z, V& exp_of_minus_abs) {
  exp_of_minus_abs = exp_of_negative(-absolute(z));
  return (z < 0 ? exp_of_minus_abs : V{} + 1) / (1 + exp_of_minus_abs);
}

/// Adds up log(1 + e), 0 <= e <= 1, in double: a product of a thousand factors 1 + e, at most 2^1000, has one logarithm.
/// What is kept is the product less 1, for small e would be lost beside the 1:
///     p = (1 + a)(1 + b)...,   p (1 + e) - 1 = (p - 1) + e (1 + (p - 1))
template <class Scalar>
class SumOfLog1p {
  static constexpr int L = lanes<Scalar>;
  static constexpr Index most = std::min(1000 / L, std::numeric_limits<Scalar>::max_exponent - 2);  // factors of a lane

 public:
  [[gnu::always_inline]] void operator+=(Vec<Scalar, L> e) {
    less_1_ += e * (1 + less_1_);
    if (++count_ == most) take_logarithm();
  }
  [[gnu::always_inline]] void operator+=(Scalar e) { sum_ += std::log1p(static_cast<double>(e)); }
  double total() {
    take_logarithm();
    return sum_;
  }

 private:
  void take_logarithm() {
    double products[array_size(L)];  // of the lanes; then of ever more of them
    for (int i = 0; i < L; ++i) products[i] = static_cast<double>(less_1_[i]);
    for (int step = L / 2; step > 0; step /= 2)
      for (int i = 0; i < step; ++i) products[i] += products[i + step] * (1 + products[i]);
    sum_ += std::log1p(products[0]);
    less_1_ = Vec<Scalar, L>{};
    count_ = 0;
  }

  Vec<Scalar, L> less_1_{};
  double sum_ = 0;
  Index count_ = 0;
};

/// tanh(z) = (1 - e) / (1 + e) with e = exp(-2 |z|), and the sign of z.
template <class V>
[[gnu::always_inline]] inline V tanh(V z) {
  const V minus = expm1_of_negative(-2 * absolute(z)), positive = -minus / (2 + minus);
  return z < 0 ? -positive : positive;
}

/// The normal distribution: Phi(z) = P(N(0, 1) <= z) and its density phi(z). With a = |z|, the tail beyond a is
///     1 - Phi(a) = exp(-a^2 / 2) m(a),   m(a) = sum_k c_k T_k(u),   u = (4 - a) / (4 + a),
/// T_k the Chebyshev polynomials, which maps 0 <= a < infinity to 1 >= u > -1. The c_k are those of exp(a^2 / 2) erfc(a
/// / sqrt(2)) / 2, computed with 60 digits; what the terms left out could add is below 1e-17 in double and 4e-9 in
/// float.
template <class V>
struct Normal {
  V cumulative, density;

  [[gnu::always_inline]] explicit Normal(V z) {
    using Scalar = ScalarOf<V>;
    constexpr Scalar c[] = {
        Scalar(0.16828820162323272632),     Scalar(0.22915709990540907416),     Scalar(0.077788355090657417847),
        Scalar(0.020384686418274105416),    Scalar(0.0039181370454580748036),   Scalar(0.00046666062833791709472),
        Scalar(6.2875201321393388768e-6),   Scalar(-8.5839857991278800064e-6),  Scalar(-1.0167576108636199444e-6),
        Scalar(1.3975267595213291629e-7),   Scalar(3.669280791486882533e-8),    Scalar(-2.8041788924924711788e-9),
        Scalar(-1.2584224132220846737e-9),  Scalar(8.9502224072602442542e-11),  Scalar(4.5360865309842311453e-11),
        Scalar(-4.4742876565062668215e-12), Scalar(-1.6716879051856839535e-12), Scalar(2.6837814695368538568e-13),
        Scalar(5.7217603331309751756e-14),  Scalar(-1.6210482677154440101e-14), Scalar(-1.3744940820337784055e-15),
        Scalar(9.1014389332804694836e-16),  Scalar(-2.273488630680851607e-17),  Scalar(-4.4214638133344208537e-17)};
    V a = absolute(z);
    a = a > 40 ? V{} + 40 : a;  // there the tail is 0
    const V u = (4 - a) / (4 + a), e = exp_of_negative(a * a * Scalar(-0.5));
    V next{}, sum{};  // Clenshaw's recurrence
#pragma GCC unroll 30
    for (int k = Bits<Scalar>::normal_terms - 1; k >= 1; --k) {
      const V before = sum;
      sum = 2 * u * sum - next + c[k];
      next = before;
    }
    const V tail = e * (u * sum - next + c[0]);
    cumulative = z > 0 ? 1 - tail : tail;
    density = e * Scalar(0.3989422804014327);  // 1 / sqrt(2 pi)
  }
};

/// Calls f.template operator()<Lanes>(i) for vectors, then scalars, that cover 0 ... count - 1.
template <class Scalar, class F>
[[gnu::always_inline]] inline void for_each_vector(Index count, F&& f) {
  const Index whole = count - count % lanes<Scalar>;
  for (Index i = 0; i < whole; i += lanes<Scalar>) f.template operator()<lanes<Scalar>>(i);
  for (Index i = whole; i < count; ++i) f.template operator()<1>(i);
}

}  // namespace latent::simd
