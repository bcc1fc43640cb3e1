/// Makes small PNG files, chunk by chunk.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>

/// Four bytes, the highest first.
inline std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}
/// A chunk with its length and its CRC.
inline std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(
             crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}
/// The bytes as a zlib stream.
inline std::string packed(const std::string& bytes) {
  std::string out(compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return out.substr(0, size);
}
inline const std::string signature = "\x89PNG\r\n\x1a\n";
/// The chunk IHDR; `methods` are the bytes for packing, filtering and interlacing.
inline std::string header(std::uint32_t width, std::uint32_t height, int bits = 8, int color = 0,
                          const std::string& methods = std::string(3, '\0')) {
  return chunk("IHDR", big_endian(width) + big_endian(height) +
                           std::string{static_cast<char>(bits), static_cast<char>(color)} + methods);
}

/// A PNG of 3 x 2 pixels: 0 10 20 / 30 40 `last`. Its pixels are in two chunks.
inline std::string png(int last = 50) {
  std::string rows{'\0', '\0', '\x0a', '\x14', '\1', '\x1e', '\x0a', '\0'};  // the second row holds differences (Sub)
  rows.back() = static_cast<char>(last - 40);
  const std::string pixels = packed(rows);
  return signature + header(3, 2) + chunk("IDAT", pixels.substr(0, 5)) + chunk("IDAT", pixels.substr(5)) +
         chunk("IEND", "");
}
