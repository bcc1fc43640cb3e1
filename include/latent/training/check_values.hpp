/// Checks before the first step that the data of a training are finite and within the range of its losses.
#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"
#include "latent/kernels/math.hpp"
#include "latent/losses/loss.hpp"

namespace latent::engine {

/// Whether all values are within low..high, and none is NaN.
template <class Scalar>
[[gnu::hot, gnu::noinline]] bool all_within(const Scalar* values, Index count, Scalar low, Scalar high) {
  constexpr int L = simd::lanes<Scalar>;
  simd::IntegersOf<simd::Vec<Scalar, L>> inside = simd::IntegersOf<simd::Vec<Scalar, L>>{} == 0;  // all bits
  Index i = 0;
  for (; i + L <= count; i += L) {
    const auto v = simd::load<L>(values + i);
    inside &= (v >= low) & (v <= high);
  }
  bool all = true;
  for (int lane = 0; lane < L; ++lane) all &= inside[lane] != 0;
  for (; i < count; ++i) all &= values[i] >= low && values[i] <= high;
  return all;
}

/// Throws std::invalid_argument for NaN and infinity. The message names the first such value and what to do.
template <class Scalar>
[[gnu::cold]] void check_values(const Scalar* values, Index samples, Index size, const std::string& what) {
  constexpr Scalar most = std::numeric_limits<Scalar>::max();
  if (all_within(values, samples * size, -most, most)) return;
  Index i = 0;
  while (values[i] >= -most && values[i] <= most) ++i;
  check(false, what, ": value ", i % size, " of sample ", i / size, " is ", values[i],
        "; leave such samples out, or put numbers in their place");
}

/// The same for finite numbers outside of the range for which `loss` makes sense. A thousandth beyond it may come from rounding.
template <class Scalar>
[[gnu::cold]] void check_range(const Scalar* values, Index samples, Index size, const std::string& what,
                               TargetRange range, const char* loss) {
  const auto low = static_cast<Scalar>(range.low - 1e-3), high = static_cast<Scalar>(range.high + 1e-3);
  if (all_within(values, samples * size, low, high)) return;
  Index i = 0;
  while (i < samples * size && ((values[i] >= low && values[i] <= high) || !std::isfinite(values[i]))) ++i;
  check(i == samples * size, what, ": value ", i % size, " of sample ", i / size, " is ", values[i], "; ", loss,
        " is for targets within ", range.low, "..", range.high, ": divide pixels of 0..255 by 255");
}

}  // namespace latent::engine
