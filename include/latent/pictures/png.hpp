/// Pictures become PNG files. The only header that needs stb (stb_image_write.h, public domain).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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

// Some functions are `static` because the stb functions they call are.
//
// A PNG file is 8 bytes of signature and then chunks: 4 bytes length, 4 bytes type, the data, 4 bytes CRC of type and
// data; all numbers with the highest byte first. https://www.w3.org/TR/png/#5Chunk-layout

/// Signature and first chunk, IHDR: so much comes before all others.
inline constexpr std::size_t png_header_end = 33;

/// A number as it stands in a PNG file.
LATENT_COLD inline std::string png_number(std::uint32_t value, int bytes = 4) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  return out;
}
/// The whole number in the first four bytes, the largest first.
LATENT_COLD inline std::uint32_t read_png_number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

/// A chunk of a PNG file: length, type, data, checksum.
LATENT_COLD_STATIC std::string png_chunk(const std::string& type, std::string_view data) {
  std::string covered = type + std::string(data);
  const auto crc =
      stb::stbiw__crc32(reinterpret_cast<unsigned char*>(covered.data()), static_cast<int>(covered.size()));
  return png_number(static_cast<std::uint32_t>(data.size())) + covered + png_number(crc);
}

/// Calls visit(type, data) for the chunks of a PNG file, in order. Throws `std::invalid_argument` if it is none, or ends early.
template <class Visit>
[[gnu::cold]] void for_png_chunks(std::string_view png, const Visit& visit) {
  check(png.starts_with("\x89PNG\r\n\x1a\n"), "expected a PNG file, received ", png.size(),
        " bytes that begin otherwise");
  for (std::size_t at = 8; at < png.size();) {
    check(png.size() - at >= 12 && read_png_number(png.substr(at)) <= png.size() - at - 12,
          "the PNG file ends within the chunk at offset ", at);
    const std::size_t size = read_png_number(png.substr(at));
    visit(png.substr(at + 4, 4), png.substr(at + 8, size));
    at += size + 12;
  }
}

/// A text chunk: the keyword, whether it is compressed (no), how (two zeros), and its language and translation (none).
LATENT_COLD_STATIC std::string png_text_chunk(const std::string& keyword, const std::string& words) {
  return png_chunk("iTXt", keyword + std::string(5, '\0') + words);
}
/// The text that was written under a keyword, or nothing.
LATENT_COLD inline std::string png_text(std::string_view png, const std::string& keyword) {
  const std::string before = keyword + std::string(5, '\0');
  std::string words;
  for_png_chunks(png, [&](std::string_view type, std::string_view data) {
    if (type == "iTXt" && data.starts_with(before)) words = data.substr(before.size());
  });
  return words;
}

/// The bytes of a PNG file, 8 bits per channel: RGB or, where nothing has a colour, gray, which takes half the room, unless it is
/// `always_rgb`. The title stands under "Title".
/// Throws `std::invalid_argument` if `image.rgb` does not hold width * height * 3 bytes.
LATENT_COLD_STATIC std::string encode_png(const Image& image, bool always_rgb = false) {
  const auto& rgb = image.rgb;
  const auto expected = 3 * static_cast<std::int64_t>(image.width) * image.height;
  check(image.width > 0 && image.height > 0 && static_cast<std::int64_t>(rgb.size()) == expected,
        "encode_png: ", image.width, " x ", image.height, " pixels need ", expected, " bytes, received ", rgb.size());
  bool gray = !always_rgb;
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
  if (!image.title.empty()) bytes.insert(png_header_end, png_text_chunk("Title", image.title));
  return bytes;
}

/// Writes the picture to a PNG file, whole or not at all. Throws FileError.
LATENT_COLD_STATIC void save_png(const std::string& path, const Image& image) {
  write_atomically(path, encode_png(image));
  warn_of_ending(path, "PNG", ".png", {".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg", ".pdf", ".tif", ".tiff"});
}

}  // namespace latent::pictures
