/// Noise for denoising auto-encoders.
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/core/check.hpp"
#include "latent/core/random.hpp"
#include "latent/core/tensor.hpp"

namespace latent {

/// images + factor * n, cut off at 0 and 1, where n has mean 0 and standard deviation 1. Element i of the result
/// depends on `seed` and i alone, whatever the number of threads. Same shape as `images`. Throws std::invalid_argument
/// if there are no images, or `factor` is negative or not finite.
template <class Scalar, int Rank>
Tensor<Rank, Scalar> add_gaussian_noise(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& images, double factor,
                                        Seed seed) {
  check(images.size() > 0, "add_gaussian_noise: expected at least one image, received none");
  check(std::isfinite(factor) && factor >= 0, "add_gaussian_noise: expected a factor of at least 0, received ", factor);
  Tensor<Rank, Scalar> noisy(images.dimensions());
  const Random random(seed, Purpose::noise);
  const Scalar* in = images.data();
  Scalar* out = noisy.data();
  const Index size = images.size();
  const auto with_noise = [&](Index i, double normal) {
    return static_cast<Scalar>(std::clamp(static_cast<double>(in[i]) + factor * normal, 0.0, 1.0));
  };
  // Two by two, because random numbers are made in pairs.
#pragma omp parallel for schedule(static)
  for (Index pair = 0; pair < (size + 1) / 2; ++pair) {
    const auto normals = random.normal_pair(pair);
    out[2 * pair] = with_noise(2 * pair, normals[0]);
    if (2 * pair + 1 < size) out[2 * pair + 1] = with_noise(2 * pair + 1, normals[1]);
  }
  return noisy;
}

}  // namespace latent
