/// The distances between all samples, for t-SNE, trustworthiness and nearest neighbours.
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/core/check.hpp"
#include "latent/core/team.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

namespace detail {

/// Throws std::invalid_argument for a number that is infinite or NaN.
template <class Scalar>
[[gnu::cold]] void check_finite(const Tensor<2, Scalar>& samples, const char* what) {
  for (Index n = 0; n < samples.dimension(0); ++n)
    for (Index i = 0; i < samples.dimension(1); ++i)
      check(std::isfinite(samples(n, i)), what, ": sample ", n, ", feature ", i,
            ": expected a finite number, received ", samples(n, i));
}

/// The samples, scaled by a power of two if their squares would be too large or too small for a float. Results that depend
/// only on ratios of distances do not change. Throws std::invalid_argument as `check_finite`.
template <class Scalar>
[[gnu::cold]] Tensor<2, Scalar> in_range(Tensor<2, Scalar> samples, const char* what) {
  check_finite(samples, what);
  Scalar largest = 0;
  for (Index i = 0; i < samples.size(); ++i) largest = std::max(largest, std::abs(samples.data()[i]));
  int power = 0;
  std::frexp(largest, &power);
  if (std::abs(power) > 20)
    for (Index i = 0; i < samples.size(); ++i) samples.data()[i] = std::ldexp(samples.data()[i], -power);
  return samples;
}

}  // namespace detail

/// |x_i - x_j|^2 of the rows of (samples, features), as (samples, samples); infinite where that is more than a Scalar
/// holds, NaN where there is a NaN. Needs memory for samples^2 numbers; throws OutOfMemory.
template <class Scalar>
Tensor<2, Scalar> squared_distances(const Tensor<2, Scalar>& samples, int threads = 0) {
  const Index count = samples.dimension(0), features = samples.dimension(1);
  const int team = team_size(threads, "squared_distances", product_of(3, count, count, features));
  auto distances = new_tensor<Tensor<2, Scalar>>(typename Tensor<2, Scalar>::Dimensions(count, count));
  constexpr Index block = 16;  // rows that stay in the cache while all others pass by
  share_out_blocks(team, count, block, [&](Index first, Index end) {
    for (Index j = 0; j < count; ++j)
      for (Index i = first; i < end; ++i) {
        const Scalar *a = samples.data() + i * features, *b = samples.data() + j * features;
        Scalar sum = 0;
#pragma omp simd reduction(+ : sum)
        for (Index k = 0; k < features; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
        distances(i, j) = sum;
      }
  });
  return distances;
}

}  // namespace latent::evaluation
