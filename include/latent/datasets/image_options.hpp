/// How images are read: the options that all readers of labelled images share.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::datasets {

struct ImageOptions {
  Index channels = 0;                     ///< 1: gray, 3: colour, 0: as the files have it
  std::array<Index, 2> size{0, 0};        ///< height and width to which images are brought; 0, 0: as they are
  Index limit = 0;                        ///< at most so many images are read; 0: all
  std::vector<std::string> classes = {};  ///< what the labels 0, 1 ... mean; of folders, which are read in which order
  bool turn = false;                      ///< rows become columns: EMNIST's images lie on their side
  std::optional<bool> planes = {};        ///< of colours in rows: all red, then green, then blue; unset: if called data
};

/// Throws std::invalid_argument for options that mean nothing.
LATENT_COLD inline void check_options(const ImageOptions& options) {
  check(options.channels == 0 || options.channels == 1 || options.channels == 3,
        "ImageOptions: expected channels of 1 (gray), 3 (colour) or 0 (as the files have it), received ",
        options.channels);
  const auto [height, width] = options.size;
  check((height == 0 && width == 0) || (height > 0 && width > 0 && height <= 1 << 14 && width <= 1 << 14),
        "ImageOptions: expected a size of 1 x 1 to 16384 x 16384 pixels, received ", height, " x ", width);
  check(options.limit >= 0, "ImageOptions: expected a limit of at least 0, received ", options.limit);
}

/// The shape of an image that is as high as wide.
struct SquareImage {
  Index side;      ///< height and width
  Index channels;  ///< 1 or 3
};
/// The square image with so many numbers: 784 is 28 x 28 x 1, 3072 is 32 x 32 x 3. Zeros if there is none.
LATENT_COLD inline SquareImage square_image(Index numbers) {
  for (const Index channels : {1, 3})
    for (Index side = 1; channels * side * side <= numbers; ++side)
      if (channels * side * side == numbers) return {side, channels};
  return {0, 0};
}

/// Images of which each is all of red, then green, then blue, become those whose last axis are the colours.
LATENT_COLD inline void planes_to_pixels(Tensor<4>& images) {
  const Index channels = images.dimension(3), size = sample_size(images), pixels = size / channels;
  std::vector<float> planes(static_cast<std::size_t>(size));
  for (float* image = images.data(); image < images.data() + images.size(); image += size) {
    std::copy_n(image, size, planes.begin());
    for (Index i = 0; i < size; ++i) image[i] = planes[static_cast<std::size_t>(i % channels * pixels + i / channels)];
  }
}

/// Of `count` samples those that are read.
inline Index limited(Index count, const ImageOptions& options) {
  return options.limit > 0 ? std::min(options.limit, count) : count;
}

}  // namespace latent::datasets
