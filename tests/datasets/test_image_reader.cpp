#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/fit.hpp"
#include "latent/datasets/image_reader.hpp"
// A program may use stb itself, in this order too.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#pragma GCC diagnostic pop

using namespace latent;
using namespace latent::datasets;

namespace {

std::string letters(std::initializer_list<int> bytes) {
  std::string word;
  for (const int byte : bytes) word += static_cast<char>(byte);
  return word;
}
std::string zeros(std::size_t count) { return std::string(count, '\0'); }

/// A JPEG segment: 0xff, its type, two bytes of length, the data.
std::string segment(int type, const std::string& data) {
  const int size = static_cast<int>(data.size()) + 2;
  return letters({0xff, type, size / 256, size % 256}) + data;
}
/// A table of steps, and one of two codes of which one has 16 bits; `number` is in the file's words.
std::string steps(int number) { return segment(0xdb, letters({number}) + zeros(number > 15 ? 128 : 64)); }
std::string codes(int number) {
  return segment(0xc4, letters({number, 1}) + zeros(14) + letters({1}) + letters({7, 8}));
}
/// The frame of an image of one component with these steps, and a scan of it.
std::string frame(int height, int width, int table = 0, int type = 0xc0) {
  return segment(type, letters({8, height / 256, height % 256, width / 256, width % 256, 1, 1, 0x11, table}));
}
std::string scan(int tables, int first = 0, int last = 63, int bits = 0) {
  return segment(0xda, letters({1, 1, tables, first, last, bits}));
}
const std::string jpeg_begin = "\xff\xd8", jpeg_end = "\xff\xd9";

/// What the action says is wrong with the file f, or "".
template <class Action>
std::string problem(const Action& action) {
  try {
    action();
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}
std::string jpeg_problem(const std::string& bytes) {
  return problem([&] { JpegCheck("f", bytes).run(); });
}

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

TEST_CASE("images of every kind are read as other programs read them") {
  int count = 0;
  for (const auto& entry : expected_images()) {
    const std::string& name = entry.first;
    if (name.find(':') != std::string::npos) continue;
    CAPTURE(name);
    const Tensor<4> image = read_image(test_file(name));
    // JPEG decoders may differ by rounding, and in how they blow up colours of half the size.
    const bool is_jpeg = name.find(".j") != std::string::npos || name.find(".J") != std::string::npos;
    CHECK(difference(image, entry.second) <= (name == "subsampled.JPG" ? 12 / 255.0f : is_jpeg ? 4 / 255.0f : 2e-6f));
    ++count;
  }
  CHECK(count == 36);
}

TEST_CASE("every truncation is an error") {
  for (const std::string name : {"rgb_16.png", "gray_4_interlaced.png", "palette_2.png", "colour.jpg", "restart.jpg",
                                 "progressive.jpeg", "colour.bmp", "palette.bmp", "rgba.bmp"}) {
    CAPTURE(name);
    check_every_truncation(read_file(test_file(name)), [](const std::string& path) { read_image(path); });
  }
}

TEST_CASE("what is no image, or is not read, is an error that says so") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes) {
    const std::string path = folder.write("bad", bytes);
    return file_error(path, [&] { read_image(path); });
  };
  CHECK(has(error("GIF89a"), "is neither a PNG nor a JPEG nor a BMP file"));
  CHECK(has(error(""), "is neither"));
  std::string jpeg = read_file(test_file("gray.jpg"));
  const std::size_t sides = jpeg.find("\xff\xc0") + 5;
  jpeg.replace(sides, 4, "\x3f\xff\x3f\xff");
  CHECK(has(error(jpeg), "is cut short: 16383 x 16383 pixels"));
  jpeg.replace(sides, 4, std::string("\0\0\0\1", 4));
  CHECK(has(error(jpeg), "received 1 x 0"));
  CHECK(has(error("\xff\xd8\xff\xd9"), "without pixels"));
  CHECK(has(error("\xff\xd8hello"), "expected a JPEG marker, 0xff, at offset 2, received the byte 104"));
  std::string bmp = read_file(test_file("colour.bmp"));
  bmp[30] = 1;
  CHECK(has(error(bmp), "is a packed BMP file (method 1 at offset 30)"));
  bmp = read_file(test_file("colour.bmp"));
  bmp[19] = 1;  // a width of 263
  CHECK(has(error(bmp), "its 263 x 5 pixels end at offset"));
  bmp.replace(18, 8, "\xff\xff\xff\x7f\xff\xff\xff\x7f");
  CHECK(has(error(bmp), "received 2147483647 x 2147483647"));
}

TEST_CASE("a JPEG's segments, whole and damaged, at every edge") {
  const std::string tables = steps(0) + codes(0x00) + codes(0x10),
                    pixels = letters({1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xd7});
  const std::string good = jpeg_begin + tables + frame(5, 7) + scan(0) + pixels + jpeg_end;
  CHECK(jpeg_problem(good) == "");
  CHECK(jpeg_problem(good + "and more") == "");
  for (std::size_t size = 2; size < good.size(); ++size) CHECK(jpeg_problem(good.substr(0, size)) != "");
  CHECK(jpeg_problem(jpeg_begin + "\xff") == "f: ends at offset 3, within the JPEG data");
  CHECK(jpeg_problem(good.substr(0, good.size() - 2)) ==
        text("f: ends at offset ", good.size() - 2, ", within the JPEG data"));
  CHECK(jpeg_problem(jpeg_begin + tables + "\xff\xff\xff" + frame(5, 7) + scan(0) + jpeg_end) == "");
  CHECK(jpeg_problem(jpeg_begin + letters({0xff, 1, 0xff, 0xd0, 0xff, 0xd7}) + tables + frame(5, 7) + scan(0) +
                     jpeg_end) == "");
  CHECK(jpeg_problem(jpeg_begin + jpeg_end) == "f: ends at offset 4 without pixels");
  CHECK(jpeg_problem(jpeg_begin + "ab") == "f: expected a JPEG marker, 0xff, at offset 2, received the byte 97");
  // A segment of a comment: of two bytes at least, the length itself, and within the file.
  CHECK(jpeg_problem(jpeg_begin + letters({0xff, 0xfe, 0, 2}) + good.substr(2)) == "");
  CHECK(jpeg_problem(jpeg_begin + letters({0xff, 0xfe, 0, 1}) + good.substr(2)) ==
        text("f: ends at offset ", good.size() + 4, ", within the JPEG segment that begins at offset 2"));
  CHECK(jpeg_problem(jpeg_begin + letters({0xff, 0xfe, 1, 2}) + zeros(256)) ==
        "f: ends at offset 262, within the JPEG data");
  CHECK(jpeg_problem(jpeg_begin + letters({0xff, 0xfe, 1, 2}) + zeros(255)) ==
        "f: ends at offset 261, within the JPEG segment that begins at offset 2");
  // Which types are frames: all but the tables of codes (c4), c8 and cc.
  for (int type = 0xbf; type <= 0xcf; ++type) {
    CAPTURE(type);
    const bool is_frame = type != 0xbf && type != 0xc4 && type != 0xc8 && type != 0xcc;
    const std::string found = jpeg_problem(jpeg_begin + segment(type, "") + good.substr(2));
    CHECK(found == (is_frame ? "f: has a damaged JPEG header at offset 4" : ""));
  }
  for (const int type : {0xda, 0xdb, 0xc4}) {
    const std::string found = jpeg_problem(jpeg_begin + segment(type, "x") + jpeg_end);
    CHECK(found == text("f: has a damaged ", type == 0xda   ? "JPEG scan at offset 4"
                                             : type == 0xdb ? "table of JPEG steps at offset 6"
                                                            : "table of JPEG codes at offset 6"));
  }
}

TEST_CASE("a JPEG's tables have a number below 4, and are whole") {
  const auto with = [](const std::string& more) { return jpeg_problem(jpeg_begin + more + jpeg_end); };
  const std::string whole = "f: ends at offset ";  // ... without pixels: all else is well
  for (int number = 0; number < 256; ++number) {
    const bool is_right = number / 16 < 2 && number % 16 < 4;
    CHECK(with(steps(number)).starts_with(is_right ? whole : "f: has a damaged table of JPEG steps at offset 6"));
    CHECK(with(codes(number)).starts_with(is_right ? whole : "f: has a damaged table of JPEG codes at offset 6"));
  }
  CHECK(with(segment(0xdb, zeros(65))).starts_with(whole));
  CHECK(with(segment(0xdb, zeros(64))) == "f: has a damaged table of JPEG steps at offset 6");
  CHECK(with(segment(0xdb, zeros(130))).starts_with(whole));
  CHECK(with(segment(0xdb, zeros(66))) == "f: has a damaged table of JPEG steps at offset 71");
  CHECK(with(segment(0xdb, letters({0x10}) + zeros(128) + letters({4}) + zeros(64))) ==
        "f: has a damaged table of JPEG steps at offset 135");
  // Codes: 255 at most, and a byte for each.
  const auto many = [](int first, int last, std::size_t bytes) {
    return segment(0xc4, letters({0, first}) + zeros(14) + letters({last}) + zeros(bytes));
  };
  CHECK(with(many(100, 155, 255)).starts_with(whole));
  CHECK(with(many(101, 155, 256)) == "f: has a damaged table of JPEG codes at offset 6");
  CHECK(with(many(1, 2, 2)) == "f: has a damaged table of JPEG codes at offset 6");
  CHECK(with(many(1, 2, 3) + many(0, 0, 0)).starts_with(whole));
  CHECK(with(segment(0xc4, zeros(17 + 17))).starts_with(whole));
  CHECK(with(segment(0xc4, zeros(17 + 16))) == "f: has a damaged table of JPEG codes at offset 23");
}

TEST_CASE("a JPEG's frame has sides that can be, and as many bytes as its components take") {
  const auto with = [](const std::string& more) { return jpeg_problem(jpeg_begin + more + jpeg_end); };
  const std::string whole = "f: ends at offset ", sides = "f: expected 1 x 1 to 16384 x 16384 pixels, received ";
  CHECK(with(frame(1, 1)).starts_with(whole));
  CHECK(with(frame(0, 5)) == sides + "5 x 0");
  for (const int type : {0xc3, 0xc5, 0xc9, 0xca, 0xcf})
    CHECK(with(frame(1, 1, 0, type)).starts_with("f: is a lossless, hierarchical or arithmetically coded JPEG"));
  CHECK(has(with(frame(1, 1, 0, 0xca)), "(marker 0xca at offset 2)"));
  for (const int type : {0xc1, 0xc2}) CHECK(with(frame(1, 1, 0, type)).starts_with(whole));
  std::string deep = frame(1, 1);
  deep[4] = 12;
  CHECK(with(deep) == "f: has 12 bits for a colour, expected the 8 of usual JPEGs");
  CHECK(with(frame(5, 0)) == sides + "0 x 5");
  CHECK(with(frame(16384, 1)).starts_with(whole));
  CHECK(with(frame(1, 16384)).starts_with(whole));
  CHECK(with(frame(16385, 1)) == sides + "1 x 16385");
  CHECK(with(frame(1, 16385)) == sides + "16385 x 1");
  const int bytes = static_cast<int>((jpeg_begin + frame(1, 1) + jpeg_end).size());
  CHECK(with(frame(1024, bytes)).starts_with(whole));
  CHECK(with(frame(1024, bytes + 1)) == text("f: is cut short: ", bytes + 1, " x 1024 pixels in ", bytes, " bytes"));
  const auto components = [](int count, std::size_t size) {
    return segment(0xc0, letters({8, 0, 1, 0, 1, count}) + zeros(size));
  };
  for (const int count : {1, 2, 3}) {
    const auto size = static_cast<std::size_t>(3 * count);
    CHECK(with(components(count, size)).starts_with(whole));
    CHECK(with(components(count, size - 1)) == "f: has a damaged JPEG header at offset 4");
    CHECK(with(components(count, size + 1)) == "f: has a damaged JPEG header at offset 4");
  }
}

TEST_CASE("a JPEG's scan finds the tables that it names") {
  const auto with = [](const std::string& more) { return jpeg_problem(jpeg_begin + more + jpeg_end); };
  const std::string no_steps = "pixels without their table of steps", no_codes = "pixels without their table of codes";
  // Steps: of all components, in whatever order they come.
  const auto three = [](int first, int second, int third) {
    return segment(0xc0, letters({8, 0, 4, 0, 4, 3, 1, 0x11, first, 2, 0x11, second, 3, 0x11, third}));
  };
  const std::string all = codes(0x00) + codes(0x10);
  CHECK(with(all + steps(0) + steps(3) + three(3, 0, 0) + scan(0)) == "");
  CHECK(with(all + steps(0) + frame(4, 4) + segment(0xfe, zeros(256)) + scan(0)) ==
        "");  // what follows is no component
  CHECK(with(all + steps(0x13) + steps(0) + three(0, 0, 3) + scan(0)) == "");
  CHECK(has(with(all + steps(0) + three(1, 0, 0) + scan(0)), no_steps));
  CHECK(has(with(all + steps(0) + three(0, 1, 0) + scan(0)), no_steps));
  CHECK(has(with(all + steps(0) + three(0, 0, 1) + scan(0)), no_steps));
  CHECK(has(with(all + steps(0) + three(0, 0, 4) + scan(0)), no_steps));
  // Codes: for averages by the high half, for differences by the low half; a progressive scan has only one of them.
  for (const int type : {0xc0, 0xc1, 0xc2})
    for (const int first : {0, 1})
      for (const int bits : {0x00, 0x0f, 0x10})
        for (const int known : {0, 1, 2, 3})
          for (const int tables : {0x00, 0x23, 0x20, 0x03, 0x40, 0x04}) {
            std::string bytes = steps(0) + frame(4, 4, 0, type);
            if (known & 1) bytes += codes(0x02) + codes(0x00);
            if (known & 2) bytes += codes(0x13) + codes(0x10);
            const bool averages = type != 0xc2 || (first == 0 && bits < 16), others = type != 0xc2 || first > 0;
            const bool high = (known & 1) && (tables / 16 == 0 || tables / 16 == 2);
            const bool low = (known & 2) && (tables % 16 == 0 || tables % 16 == 3);
            CAPTURE(type);
            CAPTURE(first);
            CAPTURE(bits);
            CAPTURE(known);
            CAPTURE(tables);
            const std::string found = with(bytes + scan(tables, first, 63, bits));
            CHECK(found == ((averages && !high) || (others && !low)
                                ? text("f: has ", no_codes, " at offset ", 4 + bytes.size())
                                : ""));
          }
  // Of two components the second counts as well, and a scan has as many bytes as they take.
  const auto two = [](int a, int b, const std::string& more) {
    return segment(0xda, letters({2, 1, a, 2, b, 0, 63, 0}) + more);
  };
  const std::string start = steps(0) + codes(0x00) + codes(0x10) + frame(4, 4);
  CHECK(with(start + two(0, 0, "")) == "");
  CHECK(has(with(start + two(0x10, 0, "")), no_codes));
  CHECK(has(with(start + two(0, 0x01, "")), no_codes));
  CHECK(has(with(start + two(0, 0, "x")), "a damaged JPEG scan"));
  CHECK(has(with(steps(0) + codes(0x00) + codes(0x10) + scan(0)), "a damaged JPEG scan"));
}

TEST_CASE("a JPEG of four colours is read if Adobe's marker says what they are") {
  const std::string tables = steps(0) + codes(0x00) + codes(0x10);
  const auto frame_of = [](int colours) {
    std::string words = letters({8, 0, 4, 0, 4, colours});
    for (int i = 1; i <= colours; ++i) words += letters({i, 0x11, 0});
    return segment(0xc0, words);
  };
  const auto adobe = [](int kind) { return segment(0xee, "Adobe" + letters({0, 100, 0, 0, 0, 0, kind})); };
  const auto with = [&](const std::string& more) {
    return jpeg_problem(jpeg_begin + tables + more + scan(0) + jpeg_end);
  };
  const auto refused = [&](const std::string& more, const std::string& received) {
    CHECK(with(more) ==
          text("f: is a JPEG of four colours (CMYK), expected Adobe's marker of the kind 0 or 2 before offset ",
               4 + tables.size() + more.size(), ", which says what they are, received ", received, "; save it in RGB"));
  };
  for (const int kind : {0, 2}) CHECK(with(adobe(kind) + frame_of(4)) == "");
  CHECK(with(frame_of(4) + adobe(0)) == "");
  for (const int colours : {1, 3}) CHECK(with(frame_of(colours)) == "");
  refused(frame_of(4), "none");
  refused(adobe(1) + frame_of(4), "1");
  refused(adobe(0) + frame_of(4) + adobe(3), "3");
  refused(segment(0xee, "Adobe" + letters({0, 100, 0, 0, 0, 0})) + frame_of(4), "none");
  refused(segment(0xee, "adobe" + letters({0, 100, 0, 0, 0, 0, 0})) + frame_of(4), "none");
  refused(segment(0xed, "Adobe" + letters({0, 100, 0, 0, 0, 0, 0})) + frame_of(4), "none");
  std::string jpeg = read_file(test_file("cmyk.jpg"));
  jpeg.replace(jpeg.find("Adobe"), 5, "Other");
  CHECK(has(problem([&] { decode_image("f", jpeg); }), "f: is a JPEG of four colours (CMYK)"));
}

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

TEST_CASE("how an image begins says what it is; of more than a gigabyte nothing is read") {
  std::string begin = "GIF89a";
  const auto of = [&](std::size_t size) {  // whose end nobody reads
    return problem([&] { decode_image("f", std::string_view(begin.data(), size)); });
  };
  CHECK(of(1 << 30) == "f: is neither a PNG nor a JPEG nor a BMP file");
  CHECK(of((1 << 30) + std::size_t{1}) == "f: has more than 1073741824 bytes, the most that is read");
  CHECK(problem([] { decode_image("f", "BM"); }) == "f: ends at offset 2, within the BMP header");
  CHECK(problem([] { decode_image("f", "\xff\xd8"); }) == "f: ends at offset 2, within the JPEG data");
  CHECK(problem([] { decode_image("f", "\x89PNG"); }) == "f: is no PNG file");
  CHECK(read_image(test_file("gray.bmp")).dimension(3) == 1);
  CHECK(read_image(test_file("palette.bmp")).dimension(3) == 3);
  CHECK(read_image(test_file("gray.jpg")).dimension(3) == 1);
}

TEST_CASE("channels and sizes are brought to what is wanted") {
  const auto expected = expected_images();
  const Tensor<4> image = read_image(test_file("smooth.png"));
  CHECK(difference(to_gray(image), expected.at("gray:smooth.png")) < 1e-6f);
  CHECK(difference(to_gray(to_colour(to_gray(image))), to_gray(image)) < 1e-6f);
  int count = 0;
  for (const auto& entry : expected) {
    const std::string& name = entry.first;
    const Tensor<4>& resized = entry.second;
    if (name.find("x") == std::string::npos || name.find(':') == std::string::npos) continue;
    CAPTURE(name);
    CHECK(difference(resize(image, resized.dimension(1), resized.dimension(2)), resized) < 2e-6f);
    ++count;
  }
  CHECK(count == 3);
  CHECK(difference(fit(image, {.channels = 1, .size = {6, 5}}), resize(to_gray(image), 6, 5)) == 0);
  CHECK(difference(fit(image, {}), image) == 0);
  const Tensor<4> turned = fit(image, {.turn = true});
  CHECK(turned.dimension(1) == 16);
  CHECK(turned(0, 15, 11, 2) == image(0, 11, 15, 2));
  CHECK_THROWS_AS((void)resize(image, 5, 0), std::invalid_argument);
  CHECK(resize(image, 1, 1).size() == image.dimension(3));
  CHECK_THROWS_WITH_AS((void)resize(Tensor<4>(1, 0, 28, 1), 4, 4),
                       "resize: expected images of at least 1 x 1 pixels, received 0 x 28 x 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)resize(image, 0, 5), "resize: expected at least 1 x 1 pixels, received 0 x 5",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)to_gray(to_gray(image)), "to_gray: expected images of 3 channels, received 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.channels = 2}), doctest::Contains("received 2"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.size = {28, 0}}), doctest::Contains("received 28 x 0"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.limit = -1}), doctest::Contains("received -1"), std::invalid_argument);
}

TEST_CASE("resize: at the borders weights count that lie within the image, as in Pillow; no size ends the program") {
  Tensor<4> ramp(1, 1, 28, 1);
  for (Index x = 0; x < 28; ++x) ramp(0, 0, x, 0) = static_cast<float>(x);
  // Of the weights 1/4, 3/4, 3/4, 1/4 the first lies outside.
  const Tensor<4> half = resize(ramp, 1, 14);
  CHECK(half(0, 0, 0, 0) == doctest::Approx(1.25 / 1.75).epsilon(1e-6));
  CHECK(half(0, 0, 1, 0) == doctest::Approx(2.5).epsilon(1e-6));
  CHECK(half(0, 0, 13, 0) == doctest::Approx(27 - 1.25 / 1.75).epsilon(1e-6));
  const Tensor<4> threes = Tensor<4>(1, 3, 28, 2).setConstant(3);
  for (Index width = 1; width < 100; ++width) {
    CAPTURE(width);
    const Tensor<4> same = resize(threes, 2, width);
    for (Index i = 0; i < same.size(); ++i) REQUIRE(same.data()[i] == doctest::Approx(3).epsilon(1e-6));
  }
}

TEST_CASE("to_gray leaves floats as they are, above 1, too") {
  Tensor<4> colours(1, 1, 3, 3);
  colours.setValues({{{{50, 200, 1}, {7.3f, 7.3f, 7.3f}, {-1, -2, -3}}}});
  const Tensor<4> gray = to_gray(colours);
  CHECK(gray(0, 0, 0, 0) == doctest::Approx(0.299 * 50 + 0.587 * 200 + 0.114).epsilon(1e-6));
  CHECK(gray(0, 0, 1, 0) == 7.3f);
  CHECK(gray(0, 0, 2, 0) == doctest::Approx(-0.299 - 2 * 0.587 - 3 * 0.114).epsilon(1e-6));
}

TEST_CASE("several images that are not square: channels, sides and sizes of each") {
  Tensor<4> images(2, 3, 4, 3);
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i * i % 73) / 73;
  const Tensor<4> gray = to_gray(images), colour = to_colour(gray), turned = turn(images);
  CHECK(gray.dimensions() == Tensor<4>(2, 3, 4, 1).dimensions());
  CHECK(colour.dimensions() == images.dimensions());
  CHECK(turned.dimensions() == Tensor<4>(2, 4, 3, 3).dimensions());
  for (Index n = 0; n < 2; ++n)
    for (Index y = 0; y < 3; ++y)
      for (Index x = 0; x < 4; ++x) {
        const double sum = 0.299 * static_cast<double>(images(n, y, x, 0)) +
                           0.587 * static_cast<double>(images(n, y, x, 1)) +
                           0.114 * static_cast<double>(images(n, y, x, 2));
        CHECK(gray(n, y, x, 0) == doctest::Approx(sum).epsilon(1e-6));
        for (Index c = 0; c < 3; ++c) {
          CHECK(colour(n, y, x, c) == gray(n, y, x, 0));
          CHECK(turned(n, x, y, c) == images(n, y, x, c));
        }
      }
  const Tensor<4> white = Tensor<4>(1, 1, 1, 3).setConstant(1);
  CHECK(to_gray(white)(0, 0, 0, 0) == 1);
  CHECK_THROWS_WITH_AS((void)to_colour(images), "to_colour: expected images of 1 channel, received 3",
                       std::invalid_argument);

  const Tensor<4> larger = resize(images, 5, 7);
  CHECK(larger.dimensions() == Tensor<4>(2, 5, 7, 3).dimensions());
  for (const Index n : {0, 1}) CHECK(difference(slice(larger, n, 1), resize(slice(images, n, 1), 5, 7)) == 0);
  CHECK(difference(resize(images, 3, 4), images) < 1e-6f);
  // Twice as many columns lie at quarters between the old ones; the first and the last are the edge's.
  const Tensor<4> wide = resize(images, 3, 8);
  for (Index x = 0; x < 8; ++x) {
    const double place = std::clamp((static_cast<double>(x) + 0.5) / 2 - 0.5, 0.0, 3.0);
    const auto left = std::min<Index>(2, static_cast<Index>(place));
    const double right = place - static_cast<double>(left);
    for (Index c = 0; c < 3; ++c)
      CHECK(wide(1, 2, x, c) == doctest::Approx((1 - right) * static_cast<double>(images(1, 2, left, c)) +
                                                right * static_cast<double>(images(1, 2, left + 1, c)))
                                    .epsilon(1e-5));
  }
  CHECK_THROWS_WITH_AS((void)resize(images, 5, 0), "resize: expected at least 1 x 1 pixels, received 5 x 0",
                       std::invalid_argument);

  CHECK(resize(Tensor<4>(1, 3, 4, 64), 2, 2).dimension(3) == 64);
  CHECK_THROWS_WITH_AS((void)resize(Tensor<4>(1, 3, 4, 65), 2, 2), "resize: expected at most 64 channels, received 65",
                       std::invalid_argument);

  // Only what differs is brought to what is wanted.
  CHECK(difference(fit(images, {.size = {3, 4}}), images) == 0);
  CHECK(difference(fit(images, {.size = {3, 5}}), resize(images, 3, 5)) == 0);
  for (const auto& [h, w] : {std::pair<Index, Index>{2, 4}, {4, 4}, {3, 3}, {1, 4}})
    CHECK(difference(fit(images, {.size = {h, w}}), resize(images, h, w)) == 0);
  const Tensor<4> square = resize(images, 4, 4);
  CHECK(difference(fit(square, {.size = {5, 4}}), resize(square, 5, 4)) == 0);
  CHECK(difference(fit(square, {.size = {4, 5}}), resize(square, 4, 5)) == 0);
  CHECK(difference(fit(images, {.channels = 1}), gray) == 0);
  CHECK(difference(fit(images, {.channels = 3}), images) == 0);
  CHECK(difference(fit(gray, {.channels = 1}), gray) == 0);
  CHECK(difference(fit(gray, {.channels = 3}), colour) == 0);
  CHECK(difference(fit(images, {.channels = 1, .size = {4, 3}, .turn = true}), to_gray(turned)) == 0);
}

TEST_CASE("options at their edges") {
  const auto error = [](const ImageOptions& options) -> std::string {
    try {
      check_options(options);
    } catch (const std::invalid_argument& problem) {
      return problem.what();
    }
    return "";
  };
  for (const int channels : {-1, 0, 1, 2, 3, 4}) {
    const bool is_right = channels == 0 || channels == 1 || channels == 3;
    CHECK(has(error({.channels = channels}), is_right ? "" : text("received ", channels)));
    CHECK((error({.channels = channels}) == "") == is_right);
  }
  CHECK(error({.size = {1, 1}}) == "");
  CHECK(error({.size = {16384, 16384}}) == error({.size = {1, 1}}));
  CHECK(has(error({.size = {16385, 1}}), "received 16385 x 1"));
  CHECK(has(error({.size = {1, 16385}}), "received 1 x 16385"));
  CHECK(has(error({.size = {0, 28}}), "received 0 x 28"));
  CHECK(has(error({.size = {28, -1}}), "received 28 x -1"));
  CHECK(has(error({.size = {-1, 28}}), "received -1 x 28"));
  CHECK(has(error({.size = {-1, -1}}), "received -1 x -1"));
  CHECK(error({.limit = 0}) == "");
  CHECK(error({.limit = 1}) == "");
  CHECK(limited(5, {}) == 5);
  CHECK(limited(5, {.limit = 4}) == 4);
  CHECK(limited(5, {.limit = 5}) == 5);
  CHECK(limited(5, {.limit = 6}) == 5);
  CHECK(limited(5, {.limit = 1}) == 1);
  using Sizes = std::pair<Index, Index>;
  const auto square = [](Index numbers) {
    const auto [side, channels] = square_image(numbers);
    return Sizes(side, channels);
  };
  CHECK(square(784) == Sizes(28, 1));
  CHECK(square(3072) == Sizes(32, 3));
  CHECK(square(1) == Sizes(1, 1));
  CHECK(square(2) == Sizes(0, 0));
  CHECK(square(3) == Sizes(1, 3));
  CHECK(square(0) == Sizes(0, 0));
}
