/// PNG, JPEG and BMP files as tensors. Needs stb_image.h beside zlib, so it is not part of latent/datasets.hpp.
///
/// stb_image fills up with black or gray what is missing from a JPEG file, and takes memory for whatever sizes a header names:
/// that the file is whole is checked here before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latent/datasets/bmp_reader.hpp"
#include "latent/datasets/png_reader.hpp"

namespace latent::datasets {

/// Checks that `bytes` begins with a whole JPEG file: segments (0xff, a type, two bytes of length, the data), packed
/// pixels after each segment 0xda, and 0xff 0xd9 at the end; and that the tables a scan names are there. What packed
/// pixels say is not checked: a changed bit in them shows as a wrong patch, as in every reader. ITU-T T.81, appendix B.
/// Of four colours, CMYK, stb_image knows only what Adobe's segment says of them (T.872): others are refused.
class JpegCheck {
 public:
  /// Of these bytes; messages name the file.
  JpegCheck(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  /// Throws FileError.
  [[gnu::cold]] void run() {
    bool has_pixels = false;
    for (std::size_t at = 2;;) {
      if (at + 2 > bytes_.size()) fail_at_end("within the JPEG data");
      const int type = byte(at + 1);
      if (byte(at) != 0xff)
        throw FileError(path_, text("expected a JPEG marker, 0xff, at offset ", at, ", received the byte ", byte(at)));
      if (type == 0xff) {  // markers may be preceded by more of them
        ++at;
        continue;
      }
      at += 2;
      if (type == 0xd9 && !has_pixels) throw FileError(path_, text("ends at offset ", at, " without pixels"));
      if (type == 0xd9) return;
      if (type == 0x01 || (type >= 0xd0 && type <= 0xd7)) continue;  // markers without data
      const std::size_t end = at + number(at);
      if (end < at + 2 || end > bytes_.size())
        fail_at_end(text("within the JPEG segment that begins at offset ", at - 2));
      if (type == 0xdb) check_steps(at + 2, end);
      if (type == 0xc4) check_codes(at + 2, end);
      if (type == 0xee && bytes_.substr(at + 2, 5) == "Adobe" && end >= at + 14) colours_ = byte(at + 13);
      if (type >= 0xc0 && type <= 0xcf && type != 0xc4 && type != 0xc8 && type != 0xcc) check_frame(type, at, end);
      if (type == 0xda) check_scan(at, end);
      at = end;
      if (type != 0xda) continue;
      has_pixels = true;
      const auto is_marker = [&] { return byte(at) == 0xff && byte(at + 1) != 0 && (byte(at + 1) & 0xf8) != 0xd0; };
      while (at < bytes_.size() && !is_marker()) ++at;
    }
  }

 private:
  int byte(std::size_t at) const { return at < bytes_.size() ? int{static_cast<unsigned char>(bytes_[at])} : 0; }
  std::size_t number(std::size_t at) const { return static_cast<std::size_t>(byte(at) * 256 + byte(at + 1)); }
  [[noreturn]] void fail_at_end(const std::string& where) const {
    throw FileError(path_, text("ends at offset ", bytes_.size(), ", ", where));
  }
  void expect(bool condition, const char* what, std::size_t at) const {
    if (!condition) throw FileError(path_, text("has ", what, " at offset ", at));
  }

  /// Tables of steps: a number, in its high half whether a step has two bytes, and 64 steps.
  void check_steps(std::size_t at, std::size_t end) {
    for (; at < end; at += 65 + 64 * static_cast<std::size_t>(byte(at) / 16)) {
      expect(byte(at) / 16 < 2 && byte(at) % 16 < 4 && at + 65 <= end, "a damaged table of JPEG steps", at);
      steps_[byte(at) % 16] = true;
    }
  }

  /// Tables of codes: a number, in its high half whether it is for differences, how many codes there are of 1 ... 16 bits,
  /// and a byte for each code. stb_image writes the lengths of more than 256 codes beyond its memory, and loses the last
  /// of 256; none has more than 162.
  void check_codes(std::size_t at, std::size_t end) {
    while (at < end) {
      int codes = 0;
      for (std::size_t i = 1; i <= 16; ++i) codes += byte(at + i);
      const std::size_t next = at + 17 + static_cast<std::size_t>(codes);
      expect(codes < 256 && next <= end && byte(at) / 16 < 2 && byte(at) % 16 < 4, "a damaged table of JPEG codes", at);
      codes_[byte(at) / 16][byte(at) % 16] = true;
      at = next;
    }
  }

  /// Bits, height, width, and for each component its name, its size and its table of steps.
  void check_frame(int type, std::size_t at, std::size_t end) {
    expect(end == at + 8 + 3 * static_cast<std::size_t>(byte(at + 7)), "a damaged JPEG header", at);
    if (type > 0xc2)
      throw FileError(path_, text("is a lossless, hierarchical or arithmetically coded JPEG (marker 0xc",
                                  "3456789abcdef"[type - 0xc3], " at offset ", at - 2,
                                  "), which is not read: save it as a usual one"));
    if (byte(at + 2) != 8)
      throw FileError(path_, text("has ", byte(at + 2), " bits for a colour, expected the 8 of usual JPEGs"));
    check_image_sides(path_, byte(at + 3) * 256 + byte(at + 4), byte(at + 5) * 256 + byte(at + 6));
    // A block of 8 x 8 pixels takes at least a bit, and of six blocks of a colour picture four have pixels of their own.
    if (number(at + 3) * number(at + 5) > 1024 * bytes_.size())
      throw FileError(
          path_, text("is cut short: ", number(at + 5), " x ", number(at + 3), " pixels in ", bytes_.size(), " bytes"));
    has_four_ = byte(at + 7) == 4;
    is_progressive_ = type == 0xc2;
    has_frame_ = true;
    for (std::size_t i = at + 8; i < end; i += 3) needed_steps_.push_back(byte(i + 2));
  }

  /// For each component of the scan its name and its tables of codes; then the range of frequencies, and which bits.
  void check_scan(std::size_t at, std::size_t end) {
    const auto components = static_cast<std::size_t>(byte(at + 2));
    expect(has_frame_ && end == at + 6 + 2 * components, "a damaged JPEG scan", at);
    if (has_four_ && colours_ != 0 && colours_ != 2)
      throw FileError(
          path_, text("is a JPEG of four colours (CMYK), expected Adobe's marker of the kind 0 or 2 before offset ", at,
                      ", which says what they are, received ", colours_ < 0 ? "none" : std::to_string(colours_),
                      "; save it in RGB"));
    for (const int table : needed_steps_) expect(table < 4 && steps_[table], "pixels without their table of steps", at);
    const bool averages = !is_progressive_ || (byte(end - 3) == 0 && byte(end - 1) < 16);
    const bool others = !is_progressive_ || byte(end - 3) > 0;
    for (std::size_t i = at + 3; i < end - 3; i += 2) {
      const int tables = byte(i + 1);
      expect((!averages || (tables / 16 < 4 && codes_[0][tables / 16])) &&
                 (!others || (tables % 16 < 4 && codes_[1][tables % 16])),
             "pixels without their table of codes", at);
    }
  }

  const std::string& path_;
  std::string_view bytes_;
  bool steps_[4] = {}, codes_[2][4] = {}, is_progressive_ = false, has_frame_ = false, has_four_ = false;
  int colours_ = -1;  // what Adobe's segment says: 0 CMYK, 2 YCCK
  std::vector<int> needed_steps_;
};

/// The image in the bytes of a PNG, JPEG or BMP file (told apart by how it begins, not by its name) as (1, height, width,
/// channels) in 0 ... 1; channels is 1, or 3 where there are colours or a palette. Transparency is left out, and a
/// camera's note to turn the picture is not followed. `path` is for messages. Throws FileError.
LATENT_COLD_STATIC Tensor<4> decode_image(const std::string& path, std::string_view bytes) {
  if (bytes.size() > largest_png)
    throw FileError(path, text("has more than ", largest_png, " bytes, the most that is read"));
  if (bytes.starts_with("\x89PNG")) return decode_png(path, bytes);
  if (bytes.starts_with("\xff\xd8")) {
    JpegCheck(path, bytes).run();
    return decode_by_stb(path, bytes);
  }
  if (!bytes.starts_with("BM")) throw FileError(path, "is neither a PNG nor a JPEG nor a BMP file");
  const std::string plain = plain_bmp(path, bytes);
  const Tensor<4> image = decode_by_stb(path, plain);
  if (!is_gray_bmp(plain)) return image;
  return image.slice(Eigen::array<Index, 4>{0, 0, 0, 0},
                     Eigen::array<Index, 4>{1, image.dimension(1), image.dimension(2), 1});
}

/// Reads a PNG, JPEG or BMP file as (1, height, width, 1 or 3), in 0 ... 1. Throws FileError.
LATENT_COLD_STATIC Tensor<4> read_image(const std::string& path) { return decode_image(path, read_file(path)); }

}  // namespace latent::datasets
