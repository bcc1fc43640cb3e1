/// PNG files as tensors. Needs stb_image.h (public domain) beside zlib, so it is not part of latent/datasets.hpp.
///
/// A PNG file is 8 bytes of signature and then chunks: 4 bytes length, 4 bytes type, the data, 4 bytes CRC, all numbers
/// with the highest byte first. The first chunk, IHDR, has the sizes, the IDAT chunks together one zlib stream of rows,
/// and IEND ends the file. stb_image turns that into pixels, but believes what it reads: the CRCs, and that the stream
/// gives as much as the header says and no more, are checked here before. https://www.w3.org/TR/png/
#pragma once

#include <zlib.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"
#include "latent/core/tensor.hpp"

// Every translation unit gets its own copy of stb, so that nothing has to be linked. A program that includes
// stb_image.h itself does so before this header and brings the implementation.
#ifndef STBI_INCLUDE_STB_IMAGE_H
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#pragma GCC diagnostic pop
#undef STB_IMAGE_STATIC
#undef STB_IMAGE_IMPLEMENTATION
#undef STBI_ONLY_PNG
#undef STBI_NO_STDIO
#endif

namespace latent::datasets {

/// Larger images are refused, so that a small file that unpacks to something enormous does no harm.
inline constexpr std::uint32_t largest_png_side = 1 << 14;
inline constexpr std::size_t largest_png = std::size_t{1} << 30;

/// Checks that `bytes` is a whole, undamaged PNG file of 8 bits a channel. Throws FileError, with the offset.
[[gnu::cold]] inline void check_png(const std::string& path, std::string_view bytes) {
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
    return value;
  };
  const auto byte = [&](std::size_t at) { return int{static_cast<unsigned char>(bytes[at])}; };
  if (bytes.substr(0, 8) != std::string_view("\x89PNG\r\n\x1a\n")) throw FileError(path, "is no PNG file");
  if (bytes.size() > largest_png)
    throw FileError(path, text("has more than ", largest_png, " bytes, the most that is read"));

  struct Inflater {
    z_stream stream{};
    explicit Inflater(const std::string& file) {
      if (inflateInit(&stream) != Z_OK) throw FileError(file, "zlib cannot be started");
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
  } inflater(path);
  std::uint64_t expected = 0, unpacked = 0;  // bytes in the rows, each with its filter type in front
  bool interlaced = false, stream_end = false;
  std::string type;
  std::size_t at = 8;
  for (; type != "IEND"; at += 12 + number(at)) {
    if (bytes.size() - at < 12 || number(at) > bytes.size() - at - 12)
      throw FileError(path, text("ends at offset ", bytes.size(), ", within the PNG chunk that begins at offset ", at));
    const std::uint32_t length = number(at);
    type = bytes.substr(at + 4, 4);
    const auto* data = reinterpret_cast<const Bytef*>(bytes.data() + at + 8);
    if (crc32(0, data - 4, static_cast<uInt>(length + 4)) != number(at + 8 + length))
      throw FileError(path, text("the PNG chunk at offset ", at, " is damaged: its CRC is wrong"));
    if ((at == 8) != (type == "IHDR") || (type == "IHDR" && length != 13))
      throw FileError(path,
                      text("expected one PNG header of 13 bytes at offset 8, received ", type, " at offset ", at));
    if (type == "IHDR") {
      const std::uint32_t width = number(at + 8), height = number(at + 12);
      if (width == 0 || height == 0 || width > largest_png_side || height > largest_png_side)
        throw FileError(path, text("expected 1 x 1 to ", largest_png_side, " x ", largest_png_side,
                                   " pixels at offset 16, received ", width, " x ", height));
      if (byte(at + 16) != 8)
        throw FileError(path, text("expected 8 bits a channel at offset 24, received ", byte(at + 16)));
      const std::array<std::uint64_t, 7> channels{1, 0, 3, 1, 2, 0, 4};
      const int color = byte(at + 17);
      if (color > 6 || channels[static_cast<std::size_t>(color)] == 0)
        throw FileError(path, text("expected the colour type 0, 2, 3, 4 or 6 at offset 25, received ", color));
      interlaced = byte(at + 20) != 0;
      expected = (channels[static_cast<std::size_t>(color)] * width + 1) * height;
      if (interlaced)
        expected += 8 * std::uint64_t{height};  // seven small images, with about twice as many rows in all
    }
    if (type == "IDAT") {
      inflater.stream.next_in = const_cast<Bytef*>(data);
      inflater.stream.avail_in = length;
      std::array<Bytef, 1 << 14> rows;
      while (!stream_end && (inflater.stream.avail_in > 0 || inflater.stream.avail_out == 0)) {
        inflater.stream.next_out = rows.data();
        inflater.stream.avail_out = static_cast<uInt>(rows.size());
        const int status = inflate(&inflater.stream, Z_NO_FLUSH);
        if (status == Z_BUF_ERROR) break;  // needs the next chunk
        if (status != Z_OK && status != Z_STREAM_END)
          throw FileError(path, text("the packed pixels in the PNG chunk at offset ", at, " are damaged: ",
                                     inflater.stream.msg ? inflater.stream.msg : "zlib cannot unpack them"));
        stream_end = status == Z_STREAM_END;
        unpacked += rows.size() - inflater.stream.avail_out;
        if (unpacked > expected)
          throw FileError(path, text("has more than the ", expected, " bytes its header promises"));
      }
    }
  }
  if (!stream_end || (!interlaced && unpacked != expected))
    throw FileError(path, text("its packed pixels are ", unpacked, " bytes, expected ", expected));
  if (at != bytes.size()) throw FileError(path, text("expected its end at offset ", at, ", received more bytes"));
}

// The functions below are `static` because the stb functions they call are.

/// The image in the bytes of a PNG file as (1, height, width, channels) in 0 ... 1; channels is 1, or 3 where there are
/// colours; transparency is left out. `path` is for messages. Throws FileError.
[[maybe_unused, gnu::cold]] static Tensor<4> decode_png(const std::string& path, std::string_view bytes) {
  check_png(path, bytes);
  int width = 0, height = 0, channels = 0;
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  if (stbi_info_from_memory(data, static_cast<int>(bytes.size()), &width, &height, &channels) == 0)
    throw FileError(path, text("its PNG header is damaged: ", stbi_failure_reason()));
  const int wanted = channels >= 3 ? 3 : 1;
  stbi_uc* pixels = stbi_load_from_memory(data, static_cast<int>(bytes.size()), &width, &height, &channels, wanted);
  if (pixels == nullptr) throw FileError(path, text("its pixels cannot be decoded: ", stbi_failure_reason()));
  Tensor<4> image(1, height, width, wanted);
  for (Index i = 0; i < image.size(); ++i) image.data()[i] = static_cast<float>(pixels[i]) / 255.0f;
  stbi_image_free(pixels);
  return image;
}

/// Reads a PNG file as (1, height, width, 1 or 3), in 0 ... 1. Throws FileError.
[[maybe_unused, gnu::cold]] static Tensor<4> read_png(const std::string& path) {
  return decode_png(path, read_file(path));
}

}  // namespace latent::datasets
