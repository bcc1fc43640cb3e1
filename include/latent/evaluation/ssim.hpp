/// Structural similarity: compares the edges and textures of two images, and not only their pixels.
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "latent/core/team.hpp"
#include "latent/evaluation/psnr.hpp"

namespace latent::evaluation {

/// The structural similarity of each image of a and b, (number, height, width, channels), as tf.image.ssim: 1 where
/// they are equal. With means m, variances v and the covariance v_ab, all under a Gaussian window of 11 x 11 pixels and
/// standard deviation 1.5 that lies wholly inside the image,
///
///     ssim = (2 m_a m_b + c1) (2 v_ab + c2) / ((m_a^2 + m_b^2 + c1) (v_a + v_b + c2)),   c1 = (0.01 max_val)^2,
///                                                                                        c2 = (0.03 max_val)^2
///
/// averaged over all places of the window and all channels; NaN for an image with a NaN in it. Throws std::invalid_argument for images below 11 x 11.
/// Z. Wang, A. Bovik, H. Sheikh, E. Simoncelli, "Image quality assessment: from error visibility to structural
/// similarity", 2004. https://www.tensorflow.org/api_docs/python/tf/image/ssim
LATENT_COLD inline std::vector<double> ssim(const Tensor<4>& a, const Tensor<4>& b, double max_val = 1) {
  constexpr Index window = 11;
  detail::check_alike(a, b, "ssim");
  check(std::isfinite(max_val) && max_val > 0, "ssim: expected a max_val above 0, received ", max_val);
  const Index height = a.dimension(1), width = a.dimension(2), channels = a.dimension(3);
  check(height >= window && width >= window, "ssim: expected images of at least 11 x 11 pixels, received ", height,
        " x ", width);
  std::array<double, window> gauss{};
  double total = 0;
  for (std::size_t i = 0; i < gauss.size(); ++i) {
    const double distance = static_cast<double>(i) - 5;
    total += gauss[i] = std::exp(-distance * distance / (2 * 1.5 * 1.5));
  }
  for (double& weight : gauss) weight /= total;

  const double c1 = 0.0001 * max_val * max_val, c2 = 0.0009 * max_val * max_val;
  const Index places_y = height - window + 1, places_x = width - window + 1;
  std::vector<double> similarities(static_cast<std::size_t>(a.dimension(0)));
  share_out(team_size(0, "ssim", product_of(20, window, a.size())), a.dimension(0), [&](Index n, int) {
    double sum = 0;
    // The window is a product: first along the rows, then along the columns, for a, b, a^2, b^2 and a b at once.
    std::vector<std::array<double, 5>> rows(static_cast<std::size_t>(height * places_x));
    for (Index c = 0; c < channels; ++c) {
      for (Index y = 0; y < height; ++y)
        for (Index x = 0; x < places_x; ++x) {
          auto& row = rows[static_cast<std::size_t>(y * places_x + x)] = {};
          for (Index i = 0; i < window; ++i) {
            const auto p = static_cast<double>(a(n, y, x + i, c)), q = static_cast<double>(b(n, y, x + i, c));
            const double weight = gauss[static_cast<std::size_t>(i)];
            row[0] += weight * p, row[1] += weight * q;
            row[2] += weight * p * p, row[3] += weight * q * q, row[4] += weight * p * q;
          }
        }
      for (Index y = 0; y < places_y; ++y)
        for (Index x = 0; x < places_x; ++x) {
          std::array<double, 5> m{};
          for (Index i = 0; i < window; ++i)
            for (std::size_t k = 0; k < 5; ++k)
              m[k] += gauss[static_cast<std::size_t>(i)] * rows[static_cast<std::size_t>((y + i) * places_x + x)][k];
          const double variances = m[2] - m[0] * m[0] + m[3] - m[1] * m[1], covariance = m[4] - m[0] * m[1];
          sum += (2 * m[0] * m[1] + c1) * (2 * covariance + c2) / ((m[0] * m[0] + m[1] * m[1] + c1) * (variances + c2));
        }
    }
    similarities[static_cast<std::size_t>(n)] = sum / static_cast<double>(places_y * places_x * channels);
  });
  return similarities;
}

}  // namespace latent::evaluation
