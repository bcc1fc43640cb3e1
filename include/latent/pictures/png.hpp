/// Pictures become PNG files. The only header that needs stb (stb_image_write.h, public domain).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "latent/core/files.hpp"
#include "latent/pictures/image.hpp"

// Every translation unit gets its own copy of stb, so that nothing has to be linked. A program that includes
// stb_image_write.h itself does so before this header and brings the implementation.
#ifndef INCLUDE_STB_IMAGE_WRITE_H
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb_image_write.h>
#pragma GCC diagnostic pop
#undef STBI_WRITE_NO_STDIO
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STB_IMAGE_WRITE_STATIC
#endif

namespace latent::pictures {

// The two functions are `static` because the stb functions they call are.

/// The bytes of a PNG file, 8 bits per channel: RGB or, where nothing has a colour, gray, which takes half the room.
/// Throws `std::invalid_argument` if `image.rgb` does not hold width * height * 3 bytes.
[[maybe_unused, gnu::cold]] static std::string encode_png(const Image& image) {
  const auto& rgb = image.rgb;
  const auto expected = 3 * static_cast<std::int64_t>(image.width) * image.height;
  check(image.width > 0 && image.height > 0 && static_cast<std::int64_t>(rgb.size()) == expected,
        "encode_png: ", image.width, " x ", image.height, " pixels need ", expected, " bytes, received ", rgb.size());
  bool gray = true;
  for (std::size_t i = 0; i < rgb.size(); i += 3) gray = gray && rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2];
  const int channels = gray ? 1 : 3;
  std::vector<std::uint8_t> pixels;
  for (std::size_t i = 0; i < rgb.size(); i += gray ? 3 : 1) pixels.push_back(rgb[i]);

  std::string bytes;
  const auto append = [](void* out, void* data, int size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  };
  const int done = stbi_write_png_to_func(append, &bytes, image.width, image.height, channels, pixels.data(),
                                          channels * image.width);
  check(done != 0, "encode_png: no memory for ", image.width, " x ", image.height, " pixels");
  return bytes;
}

/// Writes the picture to a PNG file, whole or not at all. Throws FileError.
[[maybe_unused, gnu::cold]] static void save_png(const std::string& path, const Image& image) {
  write_atomically(path, encode_png(image));
}

}  // namespace latent::pictures
