/// Noise for denoising auto-encoders.
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/core/check.hpp"
#include "latent/core/random.hpp"
#include "latent/core/team.hpp"
#include "latent/core/tensor.hpp"

namespace latent::datasets {

namespace detail {
/// Calls draw(i) for i = 0 ... count - 1, each some 100 operations, by as many threads as pay.
template <class Draw>
void for_noise(const char* what, Index count, const Draw& draw) {
  const int team = team_size(0, what, 100.0 * static_cast<double>(count));
  share_out_blocks(team, count, 4096, [&](Index first, Index end) {
    for (Index i = first; i < end; ++i) draw(i);
  });
}
/// Noise is cut off at 0 and 1, or is 0 and 1: of other images it would leave nothing. A thousandth beyond may come from rounding.
template <class Scalar>
void check_images(const char* what, const Scalar* images, Index size) {
  check(size > 0, what, ": expected at least one image, received none");
  for (Index i = 0; i < size; ++i)
    check(images[i] >= Scalar(-1e-3) && images[i] <= Scalar(1 + 1e-3), what, ": expected values within 0..1, received ",
          images[i], " at index ", i, images[i] > 1 ? "; pixels of 0..255 are divided by 255.0f" : "");
}
}  // namespace detail

/// images + factor * n, cut off at 0 and 1, where n has mean 0 and standard deviation 1. Element i of the result
/// depends on `seed` and i alone, whatever the number of threads. Same shape as `images`. Throws std::invalid_argument
/// if there are no images, a value is not within 0..1, or `factor` is negative or not finite. (Values of another range:
/// a layer GaussianNoise<factor> cuts nothing off.)
template <class Scalar, int Rank>
[[nodiscard]] Tensor<Rank, Scalar> add_gaussian_noise(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& images,
                                                      double factor, Seed seed) {
  detail::check_images("add_gaussian_noise", images.data(), images.size());
  check(std::isfinite(factor) && factor >= 0, "add_gaussian_noise: expected a factor of at least 0, received ", factor);
  auto noisy = new_tensor<Tensor<Rank, Scalar>>(images.dimensions());
  const Random random(seed, Purpose::noise);
  const Scalar* in = images.data();
  Scalar* out = noisy.data();
  const Index size = images.size();
  const auto add = [&](Index i, double normal) {
    if (i < size) out[i] = static_cast<Scalar>(std::clamp(static_cast<double>(in[i]) + factor * normal, 0.0, 1.0));
  };
  // Two by two, because random numbers are made in pairs.
  detail::for_noise("add_gaussian_noise", (size + 1) / 2, [&](Index pair) {
    const auto normals = random.normal_pair(pair);
    add(2 * pair, normals[0]);
    add(2 * pair + 1, normals[1]);
  });
  return noisy;
}

/// Salt and pepper: each pixel is replaced with probability `share`, half of those by 1 and half by 0; all channels of
/// a pixel alike. The same from the same seed, whatever the number of threads. Throws std::invalid_argument if there
/// are no images, a value is not within 0..1, or `share` is not 0 ... 1.
template <class Scalar>
[[nodiscard]] Tensor<4, Scalar> add_salt_and_pepper_noise(const Eigen::Tensor<Scalar, 4, Eigen::RowMajor>& images,
                                                          double share, Seed seed) {
  detail::check_images("add_salt_and_pepper_noise", images.data(), images.size());
  check(share >= 0 && share <= 1, "add_salt_and_pepper_noise: expected a share of 0 to 1, received ", share);
  Tensor<4, Scalar> noisy = images;
  const Random random(seed, Purpose::noise, 1);
  const Index channels = images.dimension(3), pixels = images.size() / channels;
  detail::for_noise("add_salt_and_pepper_noise", pixels, [&](Index pixel) {
    const double u = random.uniform(pixel);
    if (u < share) std::fill_n(noisy.data() + pixel * channels, channels, u < share / 2 ? Scalar(0) : Scalar(1));
  });
  return noisy;
}

}  // namespace latent::datasets

namespace latent {
using datasets::add_gaussian_noise, datasets::add_salt_and_pepper_noise;
}
