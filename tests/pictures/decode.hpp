/// Reads a PNG back with stb_image, which shares no code with the writer.
#pragma once

#include <algorithm>
#include <string>

#include "latent/pictures/image.hpp"

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#pragma GCC diagnostic pop

/// Throws `std::invalid_argument` if the bytes are no PNG.
[[maybe_unused]] static latent::pictures::Image decode_png(const std::string& bytes) {
  int width = 0, height = 0, channels = 0;
  stbi_uc* pixels = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()),
                                          static_cast<int>(bytes.size()), &width, &height, &channels, 3);
  latent::check(pixels != nullptr, "not a PNG");
  latent::pictures::Image image(width, height);
  std::copy_n(pixels, image.rgb.size(), image.rgb.data());
  stbi_image_free(pixels);
  return image;
}
