/// Makes small idx files.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

/// The header of an idx file of bytes with these sizes.
inline std::string idx_header(const std::vector<std::uint32_t>& sizes) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  }
  return bytes;
}

/// Images of `height` x `width` whose pixels, one after the other, are 0, 7, 14 ... modulo 256.
inline std::string idx_images(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
  std::string bytes = idx_header({count, height, width});
  for (std::uint32_t i = 0; i < count * height * width; ++i) bytes += static_cast<char>(7 * i);
  return bytes;
}

/// Labels 0, 1 ... 9, 0 ...
inline std::string idx_labels(std::uint32_t count) {
  std::string bytes = idx_header({count});
  for (std::uint32_t i = 0; i < count; ++i) bytes += static_cast<char>(i % 10);
  return bytes;
}

/// The bytes as one gzip member.
inline std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}
