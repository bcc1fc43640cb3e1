#include <doctest/doctest.h>

#include "datasets/byte_strings.hpp"
#include "latent/datasets/bmp_reader.hpp"
#include "latent/datasets/image_reader.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

/// A BMP's header of 54 bytes, or of 26 where sizes have two bytes; pixels begin at `offset`.
std::string low_first(std::int64_t number, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i, number >>= 8) bytes += static_cast<char>(number & 0xff);
  return bytes;
}
std::string bmp(std::int64_t width, std::int64_t height, int bits, int method = 0, int offset = 54) {
  return "BM" + zeros(8) + low_first(offset, 4) + low_first(40, 4) + low_first(width, 4) + low_first(height, 4) +
         low_first(1, 2) + low_first(bits, 2) + low_first(method, 4) + zeros(20);
}
std::string old_bmp(int width, int height, int bits, int offset = 26) {
  return "BM" + zeros(8) + low_first(offset, 4) + low_first(12, 4) + low_first(width, 2) + low_first(height, 2) +
         low_first(1, 2) + low_first(bits, 2);
}
/// The same with another size of the header in it.
std::string with_header(std::string bytes, int size) { return bytes.replace(14, 4, low_first(size, 4)); }
std::string bmp_problem(const std::string& bytes) {
  return problem([&] { plain_bmp("f", bytes); });
}

}  // namespace

TEST_CASE("a BMP's sizes, new and old, and where its rows end") {
  const std::string sides = "f: expected 1 x 1 to 16384 x 16384 pixels, received ";
  CHECK(bmp_problem(bmp(3, 2, 8) + zeros(8)) == "");  // rows of 3 bytes, filled up to 4
  CHECK(bmp_problem(bmp(3, 2, 8) + zeros(7)) == "f: ends at offset 61: its 3 x 2 pixels end at offset 62");
  CHECK(bmp_problem(bmp(3, -2, 8) + zeros(8)) == "");
  CHECK(bmp_problem(bmp(3, -2, 8) + zeros(7)) == "f: ends at offset 61: its 3 x 2 pixels end at offset 62");
  CHECK(bmp_problem(bmp(32, 1, 1) + zeros(4)) == "");
  CHECK(bmp_problem(bmp(33, 1, 1) + zeros(7)) == "f: ends at offset 61: its 33 x 1 pixels end at offset 62");
  CHECK(bmp_problem(bmp(1, 1, 24, 0, 100) + zeros(49)) == "f: ends at offset 103: its 1 x 1 pixels end at offset 104");
  CHECK(bmp_problem(bmp(0, 1, 8)) == sides + "0 x 1");
  CHECK(bmp_problem(bmp(1, 0, 8)) == sides + "1 x 0");
  CHECK(bmp_problem(bmp(-3, 1, 8)) == sides + "-3 x 1");
  CHECK(bmp_problem(bmp(16385, 1, 8)) == sides + "16385 x 1");
  CHECK(bmp_problem(bmp(1, -16385, 8)) == sides + "1 x 16385");
  CHECK(bmp_problem(bmp(16384, 1, 8) + zeros(16384)) == "");
  CHECK(bmp_problem(bmp(1, 16384, 8) + zeros(4 * 16384)) == "");
  for (const int method : {0, 1, 2, 3, 4})
    CHECK(
        bmp_problem(bmp(1, 1, 32, method, 66) + zeros(16)) ==
        (method % 3 == 0 ? "" : text("f: is a packed BMP file (method ", method, " at offset 30), which is not read")));
  CHECK(bmp_problem(with_header(bmp(1, 1, 32, 3, 0), 52) + zeros(11)) ==
        "f: ends at offset 65, within the BMP header");  // the masks
  CHECK(bmp_problem(bmp(1, 1, 2) + zeros(4)) == "f: has 2 bits for a pixel, expected 1, 4, 8, 16, 24 or 32");
  CHECK(bmp_problem(with_header(bmp(1, 1, 8), 39) + zeros(40)) ==
        "f: expected a BMP header of 12, 40, 52, 56, 64, 108 or 124 bytes, received 39");
  CHECK(bmp_problem(with_header(bmp(1, 1, 16, 3), 64) + zeros(40)) ==
        "f: is a packed BMP file (method 3 at offset 30), which is not read");
  CHECK(bmp_problem(bmp(1, 1, 24, 0, 53) + zeros(40)) ==
        "f: its pixels begin at offset 53, within the header, which ends at offset 54");
  CHECK(bmp_problem(bmp(1, 1, 16, 3, 65) + zeros(40)) ==
        "f: its pixels begin at offset 65, within the header, which ends at offset 66");
  CHECK(bmp_problem("BM") == "f: ends at offset 2, within the BMP header");
  CHECK(bmp_problem(bmp(1, 1, 8).substr(0, 53)) == "f: ends at offset 53, within the BMP header");
  CHECK(bmp_problem(old_bmp(1, 1, 8).substr(0, 25)) == "f: ends at offset 25, within the BMP header");
  CHECK(bmp_problem(old_bmp(1, 1, 8)) == "f: ends at offset 26: its 1 x 1 pixels end at offset 30");
  CHECK(bmp_problem(old_bmp(5, 2, 8) + zeros(16)) == "");
  CHECK(bmp_problem(old_bmp(5, 2, 8) + zeros(15)) == "f: ends at offset 41: its 5 x 2 pixels end at offset 42");
  CHECK(bmp_problem(old_bmp(5, 2, 8) + zeros(28)) == "");  // method 0 is not looked for where there is none
  CHECK(bmp_problem(old_bmp(1, 1, 24) + "abcd" + letters({1, 1, 1, 1}) + zeros(40)) == "");
}

TEST_CASE("a BMP is gray if it has a palette of nothing but grays") {
  for (const bool is_old : {false, true}) {
    CAPTURE(is_old);
    const std::size_t entry = is_old ? 3 : 4, head = is_old ? 26 : 54;
    const auto is_gray = [](const std::string& bytes) { return is_gray_bmp(plain_bmp("f", bytes)); };
    const auto file = [&](int colours) {
      const auto offset = static_cast<int>(head) + colours * static_cast<int>(entry);
      std::string bytes = is_old ? old_bmp(1, 1, 8, offset) : bmp(1, 1, 8, 0, offset);
      for (int i = 0; i < colours; ++i) bytes += letters({i, i, i}) + (is_old ? "" : "\x55");
      return bytes + "x\1\2\3";  // the pixels are no grays
    };
    const std::string bytes = file(256);
    CHECK(is_gray(bytes));
    for (const std::size_t at : {std::size_t{0}, std::size_t{127}, std::size_t{255}})
      for (const std::size_t colour : {0u, 1u, 2u}) {
        std::string coloured = bytes;
        coloured[head + at * entry + colour] ^= 1;
        CHECK(!is_gray(coloured));
      }
    CHECK(is_gray(file(100)));
    CHECK(!is_gray(is_old ? old_bmp(1, 1, 24) + "abcd" : bmp(1, 1, 24) + "abcd"));
    CHECK(!is_gray(is_old ? old_bmp(1, 1, 16) + "abcd" : bmp(1, 1, 16) + "abcd"));
  }
}

TEST_CASE("BMPs of all headers, with palettes and gaps that stb_image does not see") {
  const auto pixels = [](const std::string& bytes) {
    const Tensor<4> image = decode_image("f", bytes);
    return std::vector<float>(image.data(), image.data() + image.size());
  };
  using Values = std::vector<float>;
  // OS/2's palettes: all their colours, the last ones, too.
  CHECK(pixels(old_bmp(8, 1, 1, 32) + letters({0, 0, 0, 255, 255, 255, 0xaa, 0, 0, 0})) ==
        Values{1, 0, 1, 0, 1, 0, 1, 0});
  for (const int bits : {4, 8}) {
    const int colours = 1 << bits;
    std::string palette;
    for (int i = 0; i < colours; ++i) palette += letters({i, 2, colours - 1 - i});
    const std::string row = bits == 4 ? letters({0x0f, 0xe1, 0, 0}) : letters({0, 255, 254, 1});
    Values expected;
    for (const int i : {0, colours - 1, colours - 2, 1})
      for (const int value : {colours - 1 - i, 2, i}) expected.push_back(static_cast<float>(value) / 255);
    CHECK(pixels(old_bmp(4, 1, bits, 26 + 3 * colours) + palette + row) == expected);
    // Bytes between a palette and the pixels; and fewer colours than the bits allow, the others black.
    std::string wide;
    for (int i = 0; i < colours; ++i) wide += palette.substr(3 * static_cast<std::size_t>(i), 3) + "\x77";
    CHECK(pixels(bmp(4, 1, bits, 0, 54 + 4 * colours + 7) + wide + "between" + row) == expected);
    std::string few = bmp(4, 1, bits, 0, 54 + 4 * colours) + wide + row;
    few.replace(46, 4, low_first(colours - 1, 4));
    std::fill_n(expected.begin() + 3, 3, 0.0f);
    CHECK(pixels(few) == expected);
    CHECK(pixels(bmp(4, 1, bits, 0, 54 + 4 * (colours - 1)) + wide.substr(0, wide.size() - 4) + row) == expected);
  }
  // Masks behind a header of 40 bytes, or in a larger one; 5-6-5, and red last.
  const std::string masks = low_first(0xf800, 4) + low_first(0x07e0, 4) + low_first(0x001f, 4);
  const std::string blue_first = low_first(0x0000ff, 4) + low_first(0x00ff00, 4) + low_first(0xff0000, 4);
  for (const int header : {40, 52, 56, 108, 124}) {
    CAPTURE(header);
    const int offset = std::max(66, 14 + header);
    const std::string rest = zeros(static_cast<std::size_t>(offset - 66));
    CHECK(pixels(with_header(bmp(2, 1, 16, 3, offset), header) + masks + rest + low_first(0xf800, 2) +
                 low_first(0x001f, 2)) == Values{1, 0, 0, 0, 0, 1});
    CHECK(pixels(with_header(bmp(1, 1, 32, 3, offset), header) + blue_first + rest + letters({255, 0, 51, 0})) ==
          Values{1, 0, 0.2f});
  }
  for (const int header : {40, 52, 56, 64, 108, 124}) {
    CAPTURE(header);
    const int offset = 14 + header + 5;
    CHECK(pixels(with_header(bmp(1, -1, 24, 0, offset), header) + zeros(static_cast<std::size_t>(offset - 54)) +
                 letters({0, 51, 255, 0})) == Values{1, 0.2f, 0});
    CHECK(pixels(with_header(bmp(1, 1, 16, 0, offset), header) + zeros(static_cast<std::size_t>(offset - 54)) +
                 low_first(0x7c00, 4)) == Values{1, 0, 0});  // 5-5-5
  }
}
