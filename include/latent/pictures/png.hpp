/// Pictures become PNG files. The only header that needs stb (stb_image_write.h, public domain).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "latent/core/files.hpp"
#include "latent/pictures/image.hpp"

// Every translation unit gets its own copy of stb, so that nothing has to be linked. The copy lies in latent's namespace
// and leaves no macro behind: a program may use stb_image_write.h as it likes, before this header or after it.
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#pragma push_macro("INCLUDE_STB_IMAGE_WRITE_H")
#pragma push_macro("STB_IMAGE_WRITE_STATIC")
#pragma push_macro("STB_IMAGE_WRITE_IMPLEMENTATION")
#pragma push_macro("STBI_WRITE_NO_STDIO")
#pragma push_macro("STBIWDEF")
#pragma push_macro("STBIW_MALLOC")
#pragma push_macro("STBIW_REALLOC")
#pragma push_macro("STBIW_REALLOC_SIZED")
#pragma push_macro("STBIW_FREE")
#pragma push_macro("STBIW_MEMMOVE")
#pragma push_macro("STBIW_ASSERT")
#pragma push_macro("STBIW_UCHAR")
#undef INCLUDE_STB_IMAGE_WRITE_H
#undef STB_IMAGE_WRITE_STATIC
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STBI_WRITE_NO_STDIO
#undef STBIWDEF
#undef STBIW_MALLOC
#undef STBIW_REALLOC
#undef STBIW_REALLOC_SIZED
#undef STBIW_FREE
#undef STBIW_MEMMOVE
#undef STBIW_ASSERT
#undef STBIW_UCHAR
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
namespace latent::pictures::stb {
#include <stb_image_write.h>
}
#pragma GCC diagnostic pop
#pragma pop_macro("INCLUDE_STB_IMAGE_WRITE_H")
#pragma pop_macro("STB_IMAGE_WRITE_STATIC")
#pragma pop_macro("STB_IMAGE_WRITE_IMPLEMENTATION")
#pragma pop_macro("STBI_WRITE_NO_STDIO")
#pragma pop_macro("STBIWDEF")
#pragma pop_macro("STBIW_MALLOC")
#pragma pop_macro("STBIW_REALLOC")
#pragma pop_macro("STBIW_REALLOC_SIZED")
#pragma pop_macro("STBIW_FREE")
#pragma pop_macro("STBIW_MEMMOVE")
#pragma pop_macro("STBIW_ASSERT")
#pragma pop_macro("STBIW_UCHAR")

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
  const int done = stb::stbi_write_png_to_func(append, &bytes, image.width, image.height, channels, pixels.data(),
                                               channels * image.width);
  check(done != 0, "encode_png: no memory for ", image.width, " x ", image.height, " pixels");
  return bytes;
}

/// Writes the picture to a PNG file, whole or not at all. Throws FileError.
[[maybe_unused, gnu::cold]] static void save_png(const std::string& path, const Image& image) {
  write_atomically(path, encode_png(image));
}

}  // namespace latent::pictures
