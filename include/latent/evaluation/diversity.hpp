/// How different the images of a batch are from each other: a generator that always draws the same digit draws it well,
/// but is of no use.
#pragma once

#include <cmath>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

/// The distance of two images: the root of the mean squared difference of their pixels.
inline double pixel_distance(const Tensor<4>& images, Index a, Index b) {
  const Index size = images.size() / images.dimension(0);
  const float *first = images.data() + a * size, *second = images.data() + b * size;
  double squares = 0;
  for (Index i = 0; i < size; ++i)
    squares += std::pow(static_cast<double>(first[i]) - static_cast<double>(second[i]), 2);
  return std::sqrt(squares / static_cast<double>(size));
}

struct Diversity {
  double mean_distance = 0;  ///< mean of pixel_distance over all pairs
  Index distinct = 0;        ///< images that are farther than `apart` from every one counted before them

  /// Throws std::invalid_argument for fewer than two images, for `apart` below 0, and for a number that is infinite or NaN.
  explicit Diversity(const Tensor<4>& images, double apart = 0.05) {
    const Index count = images.dimension(0);
    check(count >= 2, "Diversity: expected at least 2 images, received ", count);
    check(std::isfinite(apart) && apart >= 0, "Diversity: expected a distance of at least 0, received ", apart);
    std::vector<Index> counted;
    for (Index a = 0; a < count; ++a) {
      bool is_new = true;
      for (Index b = 0; b < a; ++b) mean_distance += pixel_distance(images, a, b);
      for (const Index b : counted) is_new = is_new && pixel_distance(images, a, b) > apart;
      if (is_new) counted.push_back(a), ++distinct;
    }
    mean_distance /= static_cast<double>(count) * static_cast<double>(count - 1) / 2;
    check(std::isfinite(mean_distance), "Diversity: expected finite pixels, received a mean distance of ",
          mean_distance);
  }
};

}  // namespace latent::evaluation
