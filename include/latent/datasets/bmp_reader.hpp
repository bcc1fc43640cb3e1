/// Whole, unpacked BMP files, brought into the one form of them that stb_image reads right. It loses colours of OS/2's palettes,
/// looks for masks behind headers that have them, and refuses pixels that do not begin right behind the header.
///
///   offset 0  "BM", then 8 bytes that nobody reads, and at 10 the offset of the pixels; the lowest byte of a number is the first
///         14  the size of the header, with itself: 12 of OS/2, with sizes of two bytes; or 40 ... 124, which begin alike:
///         18  width, height (negative: the first row is the topmost), the number 1 and the bits of a pixel (2 bytes each)
///         30  how it is packed: 0 not, 3 not, but it has masks; at 46 the number of colours in the palette, 0 for all
///         54  with 3 the masks of red, green and blue, as part of the header or behind it
///       then  the palette, blue, green, red, and a byte more unless it is OS/2's; somewhere behind it the rows, filled up to four bytes
///
/// https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

#include "latent/core/check.hpp"
#include "latent/datasets/stb.hpp"

namespace latent::datasets {

/// The same picture with a header of 40 bytes, masks only if there are any, all the colours of a palette (black where the file has
/// none), and then its rows. Throws FileError for a file that is cut short, packed, or of another kind; `path` is for messages.
LATENT_COLD inline std::string plain_bmp(const std::string& path, std::string_view bytes) {
  const auto number = [&](std::size_t at, std::size_t length) {
    if (at + length > bytes.size())
      throw FileError(path, text("ends at offset ", bytes.size(), ", within the BMP header"));
    std::uint32_t value = 0;
    for (std::size_t i = length; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
    return value;
  };
  const std::size_t header = number(14, 4);
  const auto is_one_of = [](std::size_t value, std::initializer_list<std::size_t> all) {
    return std::find(all.begin(), all.end(), value) != all.end();
  };
  if (!is_one_of(header, {12, 40, 52, 56, 64, 108, 124}))
    throw FileError(path, text("expected a BMP header of 12, 40, 52, 56, 64, 108 or 124 bytes, received ", header));
  number(14, header);
  const bool is_old = header == 12;
  const std::int64_t width = is_old ? std::int64_t{number(18, 2)} : static_cast<std::int32_t>(number(18, 4));
  const std::int64_t height = is_old ? std::int64_t{number(20, 2)} : static_cast<std::int32_t>(number(22, 4));
  check_image_sides(path, std::abs(height), width);
  const std::uint32_t bits = is_old ? number(24, 2) : number(28, 2), method = is_old ? 0 : number(30, 4);
  if (method != 0 && (method != 3 || header == 64))  // of OS/2's own methods 3 is another one
    throw FileError(path, text("is a packed BMP file (method ", method, " at offset 30), which is not read"));
  if (!is_one_of(bits, {1, 4, 8, 16, 24, 32}))
    throw FileError(path, text("has ", bits, " bits for a pixel, expected 1, 4, 8, 16, 24 or 32"));

  const bool has_masks = method == 3 && is_one_of(bits, {16, 32});
  const std::size_t palette = 14 + header + (method == 3 && header == 40 ? 12 : 0), entry = is_old ? 3 : 4;
  const std::size_t pixels = number(10, 4);
  if (pixels < palette)
    throw FileError(path,
                    text("its pixels begin at offset ", pixels, ", within the header, which ends at offset ", palette));
  const std::size_t size =
      (bits * static_cast<std::size_t>(width) + 31) / 32 * 4 * static_cast<std::size_t>(std::abs(height));
  if (pixels + size > bytes.size())
    throw FileError(path, text("ends at offset ", bytes.size(), ": its ", width, " x ", std::abs(height),
                               " pixels end at offset ", pixels + size));
  const std::size_t colours = bits <= 8 ? std::size_t{1} << bits : 0, named = is_old ? 0 : number(46, 4);
  const std::size_t there = std::min({colours, named == 0 ? colours : named, (pixels - palette) / entry});

  std::string plain = "BM";
  const auto append = [&](std::uint32_t value, int length = 4) {
    for (int i = 0; i < length; ++i) plain += static_cast<char>(value >> 8 * i & 0xff);
  };
  const std::size_t before = 54 + (has_masks ? 12 : 0) + 4 * colours;
  append(static_cast<std::uint32_t>(before + size)), append(0), append(static_cast<std::uint32_t>(before));
  append(40), append(static_cast<std::uint32_t>(width)), append(static_cast<std::uint32_t>(height));
  append(1, 2), append(bits, 2), append(has_masks ? 3 : 0);
  for (int nothing = 0; nothing < 5; ++nothing) append(0);
  if (has_masks)
    for (std::size_t mask = 54; mask < 66; mask += 4) append(number(mask, 4));
  for (std::size_t colour = 0; colour < colours; ++colour)
    append(colour < there ? number(palette + entry * colour, 3) : 0);
  return plain += bytes.substr(pixels, size);
}

/// Whether a BMP of `plain_bmp` is gray: the format has no kind for that, only palettes that hold nothing but grays.
LATENT_COLD inline bool is_gray_bmp(std::string_view plain) {
  const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(plain[at])}; };
  if (byte(28) > 8) return false;
  for (std::size_t at = 54; at < 54 + (std::size_t{4} << byte(28)); at += 4)
    if (plain[at] != plain[at + 1] || plain[at] != plain[at + 2]) return false;
  return true;
}

}  // namespace latent::datasets
