/// Brings images to the wanted channels and size. Needs stb_image_resize.h (public domain), so it is not part of
/// latent/datasets.hpp.
#pragma once

// What stb_image_resize.h includes: inside of a namespace it may not come first.
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <new>
#include <span>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/image_options.hpp"

/// @cond
// As in datasets/stb.hpp, a separate copy of stb that leaves no macros behind.
#pragma push_macro("STBIR_INCLUDE_STB_IMAGE_RESIZE_H")
#pragma push_macro("STB_IMAGE_RESIZE_STATIC")
#pragma push_macro("STB_IMAGE_RESIZE_IMPLEMENTATION")
#pragma push_macro("STBIRDEF")
#pragma push_macro("STBIR_ASSERT")
#undef STBIR_INCLUDE_STB_IMAGE_RESIZE_H
#undef STBIRDEF
#undef STBIR_ASSERT
#define STB_IMAGE_RESIZE_STATIC
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#define STBIR_ASSERT(condition) ((void)0)  // ends the program for sizes such as 28 -> 20, whose weights it then scales
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
namespace latent::stb {
#include <stb_image_resize.h>
}
#pragma GCC diagnostic pop
#pragma pop_macro("STBIR_INCLUDE_STB_IMAGE_RESIZE_H")
#pragma pop_macro("STB_IMAGE_RESIZE_STATIC")
#pragma pop_macro("STB_IMAGE_RESIZE_IMPLEMENTATION")
#pragma pop_macro("STBIRDEF")
#pragma pop_macro("STBIR_ASSERT")
/// @endcond

namespace latent::datasets {

/// (number, height, width, 3) becomes (number, height, width, 1): 0.299 red + 0.587 green + 0.114 blue, as in Pillow's "L"
/// and TensorFlow's rgb_to_grayscale (ITU-R BT.601).
[[nodiscard]] LATENT_COLD inline Tensor<4> to_gray(const Tensor<4>& images) {
  check(images.dimension(3) == 3, "to_gray: expected images of 3 channels, received ", images.dimension(3));
  Tensor<4> gray(images.dimension(0), images.dimension(1), images.dimension(2), 1);
  const float* rgb = images.data();
  for (float& value : std::span(gray.data(), static_cast<std::size_t>(gray.size()))) {
    // Of three equal values their own: the factors' sum is rounded.
    const bool gray_already = rgb[0] == rgb[1] && rgb[1] == rgb[2];
    value = gray_already ? rgb[0] : 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
    rgb += 3;
  }
  return gray;
}

/// (number, height, width, 1) becomes (number, height, width, 3), three times the same.
[[nodiscard]] LATENT_COLD inline Tensor<4> to_colour(const Tensor<4>& images) {
  check(images.dimension(3) == 1, "to_colour: expected images of 1 channel, received ", images.dimension(3));
  auto colour =
      new_tensor<Tensor<4>>(Tensor<4>::Dimensions(images.dimension(0), images.dimension(1), images.dimension(2), 3));
  for (Index i = 0; i < colour.size(); ++i) colour.data()[i] = images.data()[i / 3];
  return colour;
}

/// Rows become columns: (number, height, width, channels) becomes (number, width, height, channels).
[[nodiscard]] LATENT_COLD inline Tensor<4> turn(const Tensor<4>& images) {
  return images.shuffle(Eigen::array<int, 4>{0, 2, 1, 3});
}

/// (number, height, width, channels) becomes (number, `height`, `width`, channels): weights that fall linearly to 0 at the
/// neighbours, of the larger of the two grids, as in Pillow's BILINEAR. Values stay between the smallest and the largest.
[[nodiscard]] LATENT_COLD_STATIC Tensor<4> resize(const Tensor<4>& images, Index height, Index width) {
  check(height > 0 && width > 0, "resize: expected at least 1 x 1 pixels, received ", height, " x ", width);
  check(images.dimension(1) > 0 && images.dimension(2) > 0 && images.dimension(3) > 0,
        "resize: expected images of at least 1 x 1 pixels, received ", images.dimension(1), " x ", images.dimension(2),
        " x ", images.dimension(3));
  check(images.dimension(3) <= STBIR_MAX_CHANNELS, "resize: expected at most ", STBIR_MAX_CHANNELS,
        " channels, received ", images.dimension(3));
  auto resized = new_tensor<Tensor<4>>(Tensor<4>::Dimensions(images.dimension(0), height, width, images.dimension(3)));
  const auto run = [&](const float* from, float* to, Index channels) {
    const int ok = stb::stbir_resize_float_generic(
        from, static_cast<int>(images.dimension(2)), static_cast<int>(images.dimension(1)), 0, to,
        static_cast<int>(width), static_cast<int>(height), 0, static_cast<int>(channels), STBIR_ALPHA_CHANNEL_NONE, 0,
        stb::STBIR_EDGE_ZERO, stb::STBIR_FILTER_TRIANGLE, stb::STBIR_COLORSPACE_LINEAR, nullptr);
    if (!ok) throw std::bad_alloc();
  };
  // Around the image there is nothing. What the weights within it add up to is what comes of an image of ones.
  const std::vector<float> ones(static_cast<std::size_t>(images.dimension(1) * images.dimension(2)), 1);
  std::vector<float> weights(static_cast<std::size_t>(height * width));
  run(ones.data(), weights.data(), 1);
  for (Index n = 0; n < images.dimension(0); ++n) {
    float* pixel = resized.data() + n * sample_size(resized);
    run(images.data() + n * sample_size(images), pixel, images.dimension(3));
    for (const float weight : weights)
      for (Index c = 0; c < images.dimension(3); ++c) *pixel++ /= weight;
  }
  return resized;
}

/// The images as the options want them. None, as where a file has no test images, stay none.
LATENT_COLD_STATIC Tensor<4> fit(Tensor<4> images, const ImageOptions& options) {
  if (images.dimension(0) == 0) return images;
  if (options.turn) images = turn(images);
  if (options.channels == 1 && images.dimension(3) == 3) images = to_gray(images);
  if (options.channels == 3 && images.dimension(3) == 1) images = to_colour(images);
  const auto [height, width] = options.size;
  if (height > 0 && (images.dimension(1) != height || images.dimension(2) != width))
    images = resize(images, height, width);
  return images;
}

}  // namespace latent::datasets
