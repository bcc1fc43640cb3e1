/// Vectors of a few scalars, as wide as the processor's registers. The compiler's vector extensions (GCC, Clang) give
/// them +, -, *, comparisons and `condition ? a : b`; this header adds what is missing, and the processor's sizes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "latent/core/tensor.hpp"

namespace latent::simd {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64, registers = 32;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32, registers = 16;
#elif defined(__aarch64__)
inline constexpr int register_bytes = 16, registers = 32;
#else
inline constexpr int register_bytes = 16, registers = 16;
#endif

/// Scalars in one register: 16 floats or 8 doubles with AVX-512.
template <class Scalar>
inline constexpr int lanes = register_bytes / static_cast<int>(sizeof(Scalar));

/// The part of the first-level data cache that a kernel may use. The cache has 32 kB or more on every processor of the last 15
/// years.
inline constexpr Index cache_bytes = 32 * 1024;

/// Accumulators a kernel may hold in registers; the rest is for what it loads.
inline constexpr int accumulators = registers - 4;

template <class Scalar, int Lanes>
struct VecOf {
  typedef Scalar type __attribute__((vector_size(Lanes * sizeof(Scalar))));
};
template <class Scalar>
struct VecOf<Scalar, 1> {
  using type = Scalar;
};

/// `Vec<float, 16>` is a vector of 16 floats, `Vec<float, 1>` a float.
template <class Scalar, int Lanes>
using Vec = typename VecOf<Scalar, Lanes>::type;

/// The reverse: the scalar and the number of lanes of a vector (or of a scalar, which has one lane).
template <class V>
struct ElementOf {
  using type = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;
};
template <class V>
  requires std::is_arithmetic_v<V>
struct ElementOf<V> {
  using type = V;
};
template <class V>
using ScalarOf = typename ElementOf<V>::type;
template <class V>
inline constexpr int lanes_of = static_cast<int>(sizeof(V) / sizeof(ScalarOf<V>));

template <int Lanes, class Scalar>
[[gnu::always_inline]] inline Vec<Scalar, Lanes> load(const Scalar* from) {
  Vec<Scalar, Lanes> v;
  std::memcpy(&v, from, sizeof v);  // one unaligned load
  return v;
}

template <class V, class Scalar>
[[gnu::always_inline]] inline void store(Scalar* to, V v) {
  std::memcpy(to, &v, sizeof v);
}

/// The same numbers in another type of vector; those with a fraction are cut towards 0 for integers.
template <class To, class From>
[[gnu::always_inline]] inline To convert(From v) {
  if constexpr (lanes_of<From> == 1)
    return static_cast<To>(v);
  else
    return __builtin_convertvector(v, To);
}

/// The sum of all lanes.
template <int Lanes, class Scalar>
[[gnu::always_inline]] inline Scalar sum(Vec<Scalar, Lanes> v) {
  if constexpr (Lanes == 1) {
    return v;
  } else {
    Vec<Scalar, Lanes / 2> halves[2];
    std::memcpy(halves, &v, sizeof v);
    return sum<Lanes / 2, Scalar>(halves[0] + halves[1]);
  }
}

/// The sums of `Lanes` vectors at once: lane i of the result is the sum of v[i]. A tree of log2(Lanes) steps, each of
/// which joins two vectors into one that holds half-finished sums of both; v is used up.
template <int Step, int Lanes, class Scalar>
[[gnu::always_inline]] inline void join(Vec<Scalar, Lanes>* v) {
  if constexpr (Step > 0) {
    const auto with_lanes = [&]<int... L>(std::integer_sequence<int, L...>) LATENT_INLINED {
#pragma GCC unroll 64
      for (int i = 0; i < Step; ++i) {
        const Vec<Scalar, Lanes> a = v[i], b = v[i + Step];
        v[i] = detail::shuffle<((L & Step) ? Lanes + L - Step : L)...>(a, b) +
               detail::shuffle<((L & Step) ? Lanes + L : L + Step)...>(a, b);
      }
    };
    with_lanes(std::make_integer_sequence<int, Lanes>{});
    join<Step / 2, Lanes, Scalar>(v);
  }
}
template <int Lanes, class Scalar>
[[gnu::always_inline]] inline Vec<Scalar, Lanes> sum_each(Vec<Scalar, Lanes>* v) {
  join<Lanes / 2, Lanes, Scalar>(v);
  return v[0];
}

/// Adds up vectors and single numbers in double. Sixteen vectors at a time are added in their own type before, and the
/// two halves of their sum: what is left fits into a register of doubles.
template <class Scalar>
class SumInDouble {
  static constexpr int L = lanes<Scalar>, half = L / 2;

 public:
  [[gnu::always_inline]] void operator+=(Vec<Scalar, L> v) {
    few_ += v;
    if (++count_ % 16 == 0) convert_few();
  }
  [[gnu::always_inline]] void operator+=(Scalar s) { rest_ += static_cast<double>(s); }
  double total() {
    convert_few();
    return rest_ + sum<half, double>(sums_);
  }

 private:
  [[gnu::always_inline]] void convert_few() {
    Vec<Scalar, half> halves[2];
    std::memcpy(&halves, &few_, sizeof few_);
    sums_ += convert<Vec<double, half>>(halves[0] + halves[1]);
    few_ = Vec<Scalar, L>{};
  }

  Vec<Scalar, L> few_{};
  Vec<double, half> sums_{};
  double rest_ = 0;
  Index count_ = 0;
};

/// Calls `f.template operator()<Lanes>(i)` so that the vectors [i, i + Lanes) cover 0 ... Count - 1: first full registers,
/// then ever narrower vectors for what is left, down to single scalars.
template <class Scalar, Index Count, int Lanes = lanes<Scalar>, class F>
[[gnu::always_inline]] inline void for_each_vector(F&& f) {
  constexpr Index whole = Count / Lanes * Lanes;
  for (Index i = 0; i < whole; i += Lanes) f.template operator()<Lanes>(i);
  if constexpr (whole < Count) {
    constexpr int narrower = static_cast<int>(std::bit_floor(static_cast<std::size_t>(Count - whole)));
    for_each_vector<Scalar, Count - whole, narrower>([&]<int L>(Index i)
                                                         LATENT_INLINED { f.template operator()<L>(whole + i); });
  }
}

/// to[i] = f(from[i], ...) for 0 <= i < count, a register at a time; the last few come in a register filled up with
/// zeros.
template <class Scalar, class F, class... From>
[[gnu::always_inline]] inline void map(Scalar* to, Index count, const F& f, const From*... from) {
  constexpr int L = lanes<Scalar>;
  Index i = 0;
  for (; i + L <= count; i += L) store(to + i, f(load<L>(from + i)...));
  const std::size_t left =
      static_cast<std::size_t>(count) % L;  // g++ 14 sees from this that it is less than a register
  if (left == 0) return;
  const std::size_t bytes = left * sizeof(Scalar);
  const auto load_rest = [&](const Scalar* rest) {
    Vec<Scalar, L> v{};
    std::memcpy(&v, rest, bytes);
    return v;
  };
  const Vec<Scalar, L> result = f(load_rest(from + i)...);
  std::memcpy(to + i, &result, bytes);
}

}  // namespace latent::simd
