/// PNG files of every kind as tensors: gray, colours, palettes, 1 to 16 bits, interlaced, with or without transparency.
/// Needs stb_image.h (public domain) beside zlib, so it is not part of latent/datasets.hpp.
///
/// A PNG file is 8 bytes of signature and then chunks: 4 bytes length, 4 bytes type, the data, 4 bytes CRC, all numbers
/// with the highest byte first. The first chunk, IHDR, has the sizes, the IDAT chunks together one zlib stream of rows,
/// and IEND ends the file. stb_image turns that into pixels, but believes what it reads: the CRCs, and that the stream
/// gives as much as the header says and no more, are checked here before. As other readers do, this one minds neither the
/// CRCs of chunks that one can do without (their names begin with a small letter) nor what follows IEND.
/// https://www.w3.org/TR/png/
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
#include "latent/datasets/elements.hpp"
#include "latent/datasets/stb.hpp"

namespace latent::datasets {

/// Larger files are refused.
inline constexpr std::size_t largest_png = std::size_t{1} << 30;

/// The bytes of an image's rows, each with its filter type in front. Interlaced (Adam7), the pixels come as seven images:
/// those at (left, top), and every `across` and `down` from there; an image without pixels has no rows.
LATENT_COLD inline std::uint64_t png_row_bytes(std::uint64_t width, std::uint64_t height, std::uint64_t bits,
                                               bool interlaced) {
  struct Pass {
    std::uint64_t left, top, across, down;
  };
  constexpr std::array<Pass, 7> adam7{
      {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
  if (!interlaced) return ((bits * width + 7) / 8 + 1) * height;
  std::uint64_t bytes = 0;
  for (const auto& [left, top, across, down] : adam7)
    if (width > left && height > top)
      bytes += png_row_bytes((width - left - 1) / across + 1, (height - top - 1) / down + 1, bits, false);
  return bytes;
}

/// Checks that `bytes` begins with a whole, undamaged PNG file. Throws FileError, with the offset.
LATENT_COLD inline void check_png(const std::string& path, std::string_view bytes) {
  const auto number = [&](std::size_t at) {
    return number_in<std::uint32_t>(reinterpret_cast<const unsigned char*>(bytes.data()) + at, true);
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
  bool stream_end = false;
  std::string type;
  std::size_t at = 8;
  for (; type != "IEND"; at += 12 + number(at)) {
    if (bytes.size() - at < 12 || number(at) > bytes.size() - at - 12)
      throw FileError(path, text("ends at offset ", bytes.size(), ", within the PNG chunk that begins at offset ", at));
    const std::uint32_t length = number(at);
    type = bytes.substr(at + 4, 4);
    const auto* data = reinterpret_cast<const Bytef*>(bytes.data() + at + 8);
    const bool is_needed = (bytes[at + 4] & 0x20) == 0;
    if (is_needed && crc32(0, data - 4, static_cast<uInt>(length + 4)) != number(at + 8 + length))
      throw FileError(path, text("the PNG chunk at offset ", at, " is damaged: its CRC is wrong"));
    if ((at == 8) != (type == "IHDR") || (type == "IHDR" && length != 13))
      throw FileError(path,
                      text("expected one PNG header of 13 bytes at offset 8, received ", type, " at offset ", at));
    if (type == "IHDR") {
      const std::uint32_t width = number(at + 8), height = number(at + 12);
      if (width == 0 || height == 0 || width > largest_image_side || height > largest_image_side)
        throw FileError(path, text("expected 1 x 1 to ", largest_image_side, " x ", largest_image_side,
                                   " pixels at offset 16, received ", width, " x ", height));
      const std::array<std::uint64_t, 7> channels{1, 0, 3, 1, 2, 0, 4};
      const int depth = byte(at + 16), color = byte(at + 17);
      if (color > 6 || channels[static_cast<std::size_t>(color)] == 0)
        throw FileError(path, text("expected the colour type 0, 2, 3, 4 or 6 at offset 25, received ", color));
      const bool is_small = depth == 1 || depth == 2 || depth == 4;
      if (!(depth == 8 || (depth == 16 && color != 3) || (is_small && (color == 0 || color == 3))))
        throw FileError(
            path, text("has ", depth, " bits a channel at offset 24, which the colour type ", color, " cannot have"));
      if (byte(at + 20) > 1)
        throw FileError(path, text("expected 0 or 1 (interlaced) at offset 28, received ", byte(at + 20)));
      expected =
          png_row_bytes(width, height, channels[static_cast<std::size_t>(color)] * static_cast<std::uint64_t>(depth),
                        byte(at + 20) == 1);
    }
    if (type == "IDAT") {
      inflater.stream.next_in = const_cast<Bytef*>(data);
      inflater.stream.avail_in = length;
      std::array<Bytef, 16384> rows;
      while (!stream_end) {
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
  if (!stream_end || unpacked != expected)
    throw FileError(path, text("its packed pixels are ", unpacked, " bytes, expected ", expected));
}

// The functions below are `static` because the stb functions they call are.

/// The image in the bytes of a PNG file as (1, height, width, channels) in 0 ... 1; channels is 1, or 3 where there are
/// colours or a palette. Transparency is left out: what counts is the colour underneath. `path` is for messages. Throws
/// FileError.
LATENT_COLD_STATIC Tensor<4> decode_png(const std::string& path, std::string_view bytes) {
  check_png(path, bytes);
  return decode_by_stb(path, bytes);
}

/// Reads a PNG file as (1, height, width, 1 or 3), in 0 ... 1. Throws FileError.
LATENT_COLD_STATIC Tensor<4> read_png(const std::string& path) { return decode_png(path, read_file(path)); }

}  // namespace latent::datasets
