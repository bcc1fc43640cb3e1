/// Codes, filters and feature maps of a network as grey images.
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/core/check.hpp"
#include "latent/core/parameters.hpp"
#include "latent/core/tensor.hpp"

namespace latent::pictures {

/// Every image of (number, height, width, channels) stretched to 0 ... 1 on its own: its smallest value becomes black,
/// its largest white. An image of one value becomes black. What is not finite is not counted; infinity becomes white, -infinity
/// black, and NaN stays.
LATENT_COLD inline Tensor<4> stretched(Tensor<4> images) {
  const Index size = sample_size(images);
  for (Index n = 0; n < images.dimension(0) && size > 0; ++n) {
    float* image = images.data() + n * size;
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (Index i = 0; i < size; ++i)
      if (std::isfinite(image[i])) low = std::min<double>(low, image[i]), high = std::max<double>(high, image[i]);
    for (Index i = 0; i < size; ++i) {
      if (std::isnan(image[i])) continue;
      const double share = std::isinf(image[i]) ? double(image[i] > 0)
                           : high > low         ? (image[i] - low) / (high - low)
                                                : 0;
      image[i] = static_cast<float>(share);
    }
  }
  return images;
}

/// The channels of feature maps as images of their own: (number, height, width, channels) becomes
/// (number * channels, height, width, 1), all channels of the first image first.
LATENT_COLD inline Tensor<4> channels_as_images(const Tensor<4>& maps) {
  const Index number = maps.dimension(0), height = maps.dimension(1), width = maps.dimension(2);
  const Index channels = maps.dimension(3);
  Tensor<4> images(number * channels, height, width, 1);
  for (Index n = 0; n < number; ++n)
    for (Index c = 0; c < channels; ++c)
      for (Index y = 0; y < height; ++y)
        for (Index x = 0; x < width; ++x) images(n * channels + c, y, x, 0) = maps(n, y, x, c);
  return images;
}

/// The channels of each image beside and below each other in one image, `columns` in a row: a code of 4 x 4 x 16
/// becomes a picture of 16 x 16. (number, height, width, channels) becomes (number, channels / columns * height,
/// columns * width, 1). Throws std::invalid_argument unless `columns` divides the number of channels.
LATENT_COLD inline Tensor<4> channels_side_by_side(const Tensor<4>& maps, Index columns) {
  const Index number = maps.dimension(0), height = maps.dimension(1), width = maps.dimension(2);
  const Index channels = maps.dimension(3);
  check(columns > 0 && channels % columns == 0, "channels_side_by_side: expected a divisor of ", channels,
        " channels, received ", columns);
  Tensor<4> images(number, channels / columns * height, columns * width, 1);
  for (Index n = 0; n < number; ++n)
    for (Index c = 0; c < channels; ++c)
      for (Index y = 0; y < height; ++y)
        for (Index x = 0; x < width; ++x)
          images(n, c / columns * height + y, c % columns * width + x, 0) = maps(n, y, x, c);
  return images;
}

/// The filters of a convolution as images: its kernel (height, width, in, out) becomes (in * out, height, width, 1),
/// all filters that look at the first input channel first. Throws std::invalid_argument for a parameter of another
/// rank.
template <class Scalar>
[[gnu::cold]] Tensor<4> filters(const NamedTensor<Scalar>& kernel) {
  check(kernel.shape.size() == 4, "filters: expected the kernel of a convolution, received ", kernel.name, " of shape ",
        shape_text(kernel.shape));
  const Index height = kernel.shape[0], width = kernel.shape[1], many = kernel.shape[2] * kernel.shape[3];
  Tensor<4> images(many, height, width, 1);
  for (Index f = 0; f < many; ++f)
    for (Index y = 0; y < height; ++y)
      for (Index x = 0; x < width; ++x)
        images(f, y, x, 0) = static_cast<float>(kernel.data[(y * width + x) * many + f]);
  return images;
}

}  // namespace latent::pictures
