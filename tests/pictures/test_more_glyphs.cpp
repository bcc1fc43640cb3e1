#include <doctest/doctest.h>

#include <latent/pictures.hpp>
#include <set>
#include <string>

using namespace latent::pictures;

namespace {

std::string utf8(char32_t code) {
  std::string bytes;
  const auto add = [&](char32_t bits) { bytes += static_cast<char>(bits); };
  if (code < 0x800)
    add(0xC0 | code >> 6);
  else
    add(0xE0 | code >> 12), add(0x80 | (code >> 6 & 0x3F));
  add(0x80 | (code & 0x3F));
  return bytes;
}
/// The picture of a text, as bytes.
std::string shape(const std::string& text, int size = 24) {
  Image image(60, 60);
  draw_text(image, {10, 40}, text, {.size = size});
  return {image.rgb.begin(), image.rgb.end()};
}
/// The first and the last row with ink.
std::pair<int, int> rows(const std::string& text) {
  Image image(60, 60);
  draw_text(image, {10, 40}, text, {.size = 24});
  int first = 60, last = 0;
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 60; ++x)
      if (image.pixel(x, y) != white) first = std::min(first, y), last = y;
  return {first, last};
}

}  // namespace

TEST_CASE("each letter with an accent is the letter and the accent behind it, and no other; it keeps to its line") {
  std::set<std::string> shapes;
  std::size_t count = 0;
  for (const detail::Accent& accent : detail::accents) {
    REQUIRE(accent.letters.size() == accent.bases.size());
    for (std::size_t i = 0; i < accent.letters.size(); ++i) {
      const std::string letter = utf8(accent.letters[i]), base(1, accent.bases[i]);
      CAPTURE(letter);
      CHECK(shape(letter) == shape(base + utf8(accent.combining)));
      CHECK(shape(letter) != shape(base));
      shapes.insert(shape(letter)), ++count;
      const auto [first, last] = rows(letter);
      CHECK(first >= 14);  // the cap height is 24 above the baseline at 40; a pen is 3 wide
      CHECK(last <= 47);
      const auto [top, bottom] = rows(base);
      if (accent.combining < detail::first_below) {
        CHECK(bottom == last);
        CHECK(first <= 18);
      } else {
        CHECK(top == first);
        CHECK(last > bottom);
      }
      CHECK(text_width(letter, 24) >= text_width(base, 24));
    }
  }
  CHECK(shapes.size() == count);
  CHECK(count > 140);
}

TEST_CASE("Greek letters and signs have shapes, few of them those of others; what is not known is a box") {
  std::set<std::string> shapes;
  std::set<char32_t> codes;
  for (const auto& glyph : detail::more_glyphs) {
    const char32_t code = glyph.first;
    CAPTURE(utf8(code));
    CHECK(shape(utf8(code)) != shape("\x7f"));
    const auto [first, last] = rows(utf8(code));
    CHECK((first >= 14 && last <= 47 && first < last));
    shapes.insert(shape(utf8(code))), codes.insert(code);
  }
  CHECK(codes.size() == std::size(detail::more_glyphs));
  CHECK(shapes.size() == codes.size() - 4);  // of two letters, two micros, two dashes and two sums
  for (const char* unknown : {"\xE0\xA4\xA0", "\xE6\xBC\xA2", "\xC2\x80"}) CHECK(shape(unknown) == shape("\x7f"));
}

TEST_CASE("bytes that are no UTF-8 are boxes, and take nothing with them") {
  const std::string box = "\x7f";
  CHECK(shape("\xFF") == shape(box));
  CHECK(shape("\x80"
              "a") == shape(box + "a"));
  CHECK(shape("\xC3") == shape(box));
  CHECK(shape("\xC3"
              "a") == shape(box + "a"));
  CHECK(shape("\xE2\x82"
              "a") == shape(box + "a"));
  CHECK(shape("\xF0\x9F"
              "a",
              12) == shape(box + "a", 12));
  CHECK(shape("\xC0\xAF", 12) == shape(box + box, 12));  // an overlong slash
  CHECK(shape(utf8(0x301) + "a") == shape(box + "a"));   // an accent on nothing
}

TEST_CASE("the first and the last character of each length in bytes") {
  using Codes = std::vector<char32_t>;
  CHECK(detail::characters("") == Codes{});
  CHECK(detail::characters("\x7F") == Codes{0x7F});
  CHECK(detail::characters("\xC2\x80") == Codes{0x80});
  CHECK(detail::characters("\xDF\xBF") == Codes{0x7FF});
  CHECK(detail::characters("\xE0\xA0\x80") == Codes{0x800});
  CHECK(detail::characters("\xEF\xBF\xBD") == Codes{0xFFFD});
  CHECK(detail::characters("\xF0\x90\x80\x80") == Codes{0x10000});
  CHECK(detail::characters("\xF4\x8F\xBF\xBF") == Codes{0x10FFFF});
  for (const char* none : {"\x80", "\xBF", "\xC0", "\xC1", "\xF5", "\xFF"})
    CHECK(detail::characters(none) == Codes{0xFFFD});
  CHECK(detail::characters(std::string_view("\xC3\xA4", 1)) == Codes{0xFFFD});  // what lies behind the text is not read
  CHECK(detail::characters("\xE2\x82\xC3\xA4") == Codes{0xFFFD, 0xE4});
}

TEST_CASE("a text is not cut in the middle of a character") {
  const std::string text = "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4";
  for (int width = text_width("...", 15); width < text_width(text, 15); ++width) {
    const std::string cut = shortened(text, 15, width);
    CHECK(cut.size() % 2 == 1);  // pairs of bytes, and three dots
    CHECK(text_width(cut, 15) <= width);
  }
  CHECK(shortened(text, 15, text_width(text, 15)) == text);
}
