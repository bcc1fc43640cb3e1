#include "datasets/byte_strings.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
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

std::string jpeg_problem(const std::string& bytes) {
  return problem([&] { JpegCheck("f", bytes).run(); });
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
