#include <doctest/doctest.h>

#include <filesystem>
#include <limits>
#include <set>

#include "latent/pictures.hpp"
#include "pictures/decode.hpp"

using namespace latent;
using namespace latent::pictures;

TEST_CASE("a canvas is white and has the size asked for") {
  const Image image(7, 3);
  CHECK(image.width == 7);
  CHECK(image.height == 3);
  CHECK(image.rgb.size() == 63);
  CHECK(image.pixel(6, 2) == white);
  CHECK(Image(1, 1, {1, 2, 3}).pixel(0, 0) == Color{1, 2, 3});
}

TEST_CASE("a canvas without pixels or with far too many is an error, before any memory is taken") {
  CHECK_THROWS_WITH_AS(Image(0, 5), doctest::Contains("received 0 x 5"), std::invalid_argument);
  CHECK_THROWS_AS(Image(5, -1), std::invalid_argument);
  CHECK_THROWS_AS(Image(std::int64_t{1} << 40, std::int64_t{1} << 40), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Image(4, 4).pixel(4, 0), doctest::Contains("x = 4"), std::invalid_argument);
}

TEST_CASE("a rectangle fills exactly its pixels and is cut off at the edges") {
  Image image(6, 5);
  fill_rectangle(image, {4, 3, 100, 2147483647}, {9, 8, 7});
  fill_rectangle(image, {-3, -3, 4, 4}, black);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 6; ++x) {
      CHECK(image.pixel(x, y) == (x >= 4 && y >= 3 ? Color{9, 8, 7} : x == 0 && y == 0 ? black : white));
    }
  }
}

TEST_CASE("a line covers the pixels under it, with grey edges") {
  Image image(20, 9);
  draw_lines(image, {{{4, 4.5}, {16, 4.5}}}, {.width = 2});
  CHECK(image.pixel(10, 4) == black);
  CHECK(image.pixel(10, 3) == Color{128, 128, 128});  // half of the pixel lies under the pen
  CHECK(image.pixel(10, 5) == Color{128, 128, 128});
  CHECK(image.pixel(10, 2) == white);
  CHECK(image.pixel(1, 4) == white);
  CHECK(image.pixel(18, 4) == white);
}

TEST_CASE("lines that overlap are one stroke; gaps and far points do no harm") {
  Image once(30, 30), twice(30, 30), broken(30, 30);
  const Polyline line{{3, 4}, {25, 17}};
  draw_lines(once, {line}, {.width = 3});
  draw_lines(twice, {line, line}, {.width = 3});
  CHECK(once.rgb == twice.rgb);
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  draw_lines(broken, {line, {{nan, 1}, {1, infinite}}, {{1e300, -1e300}}, {}}, {.width = 3});
  CHECK(once.rgb == broken.rgb);
  draw_lines(broken, {{{nan, nan}}}, {});
  CHECK(once.rgb == broken.rgb);
}

TEST_CASE("a pen draws nothing outside its clip") {
  Image image(10, 10);
  draw_lines(image, {{{0, 5}, {10, 5}}}, {.width = 4, .clip = {3, 4, 4, 1}});
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 10; ++x) CHECK((image.pixel(x, y) == black) == (x >= 3 && x < 7 && y == 4));
  }
}

TEST_CASE("every printable character has a shape of its own, above and on the baseline, within its width") {
  std::set<std::string> shapes;
  for (char c = 33; c < 127; ++c) {
    Image image(40, 40);
    draw_text(image, {10, 24}, std::string(1, c), {.size = 12});
    shapes.insert(std::string(image.rgb.begin(), image.rgb.end()));
    bool ink = false;
    const int width = text_width(std::string(1, c), 12);
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 40; ++x) {
        if (image.pixel(x, y) == white) continue;
        ink = true;
        CHECK_MESSAGE((x >= 8 && x <= 10 + width && y >= 11 && y <= 28), c, " leaves its box at ", x, ", ", y);
      }
    }
    CHECK_MESSAGE(ink, c);
  }
  CHECK(shapes.size() == 94);
}

TEST_CASE("text: width, alignment, direction, unknown characters") {
  CHECK(text_width("loss", 30) > text_width("loss", 15));
  CHECK(text_width("1111", 15) == text_width("0000", 15));
  CHECK(text_width("\xC3\xA4", 15) == text_width("\xE2\x82\xAC", 15));  // one box for one character, however many bytes
  CHECK_THROWS_WITH_AS(text_width("x", 0), doctest::Contains("received 0"), std::invalid_argument);

  const auto ink = [](const Image& image, Box box) {
    int count = 0;
    for (int y = box.y; y < box.y + box.height; ++y) {
      for (int x = box.x; x < box.x + box.width; ++x) count += image.pixel(x, y) == white ? 0 : 1;
    }
    return count;
  };
  Image left(100, 100), right(100, 100), up(100, 100);
  draw_text(left, {50, 50}, "abc", {.align = Align::left});
  draw_text(right, {50, 50}, "abc", {.align = Align::right});
  draw_text(up, {50, 50}, "abc", {.upward = true});
  CHECK(ink(left, {0, 0, 48, 100}) == 0);
  CHECK(ink(left, {48, 0, 52, 100}) > 50);
  // Left begins where centred text begins that is moved by half of its width, to a tenth of a pixel.
  const auto weight = [](const Image& image) {
    double grey = 0, sum = 0;
    for (int y = 0; y < 100; ++y)
      for (int x = 0; x < 100; ++x) grey += 255 - image.pixel(x, y).red, sum += x * (255.0 - image.pixel(x, y).red);
    return sum / grey;
  };
  Image centre(100, 100);
  draw_text(centre, {50, 50}, "abc", {.align = Align::center});
  const double width = text_width("abc", 15) - 15 / 6;  // without the gap behind it
  CHECK(weight(left) - weight(centre) == doctest::Approx(width / 2).epsilon(0.2 / width));
  CHECK(weight(centre) - weight(right) == doctest::Approx(width / 2).epsilon(0.2 / width));
  CHECK(ink(right, {53, 0, 47, 100}) == 0);
  CHECK(ink(right, {0, 0, 53, 100}) > 50);
  CHECK(ink(up, {0, 53, 100, 47}) == 0);
  CHECK(ink(up, {0, 0, 53, 53}) == ink(left, {48, 0, 52, 100}));  // the same letters, turned by 90 degrees
}

TEST_CASE("text that is too long is shortened to what fits") {
  const std::string whole = "a rather long name";
  CHECK(shortened(whole, 15, 1000) == whole);
  const std::string part = shortened(whole, 15, 100);
  CHECK(part.substr(part.size() - 3) == "...");
  CHECK(part.size() > 6);
  CHECK(text_width(part, 15) <= 100);
}

TEST_CASE("a PNG holds the picture") {
  Image image(37, 11, {250, 3, 77});
  for (int x = 0; x < 37; ++x) image.blend(x, x % 11, {static_cast<std::uint8_t>(7 * x), 0, 255});
  const std::string bytes = encode_png(image);
  CHECK(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  CHECK(bytes.substr(12, 4) == "IHDR");
  CHECK(bytes.substr(16, 8) == std::string("\0\0\0\x25\0\0\0\x0b", 8));  // width, height: 32 bits, big end first
  CHECK(bytes[24] == 8);                                                 // bits per channel
  CHECK(bytes[25] == 2);                                                 // RGB
  const Image back = decode_png(bytes);
  CHECK(back.width == 37);
  CHECK(back.rgb == image.rgb);
  Image wrong(2, 2);
  wrong.rgb.pop_back();
  CHECK_THROWS_WITH_AS(encode_png(wrong), doctest::Contains("need 12 bytes, received 11"), std::invalid_argument);
}

TEST_CASE("a PNG is gray if nothing in the picture has a colour") {
  Image image(3, 2);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(40 * (i / 3));
  const auto color_type = [](const std::string& png) { return static_cast<int>(png.at(25)); };  // PNG, 11.2.2
  CHECK(color_type(encode_png(image)) == 0);
  CHECK(decode_png(encode_png(image)).rgb == image.rgb);
  for (const std::size_t tinted : {0u, 16u, 17u}) {
    Image one_tinted = image;
    one_tinted.rgb[tinted] ^= 1;
    CHECK(color_type(encode_png(one_tinted)) == 2);
    CHECK(decode_png(encode_png(one_tinted)).rgb == one_tinted.rgb);
  }
}

TEST_CASE("a PNG is saved whole, in a folder that is made; a path that cannot be written is an error with the path") {
  const auto folder = std::filesystem::temp_directory_path() / text("latent_test_image_", getpid());
  const std::string path = (folder / "new" / "picture.png").string();
  const Image image(5, 4, {1, 2, 3});
  save_png(path, image);
  CHECK(decode_png(read_file(path)).rgb == image.rgb);
  CHECK_THROWS_WITH_AS(save_png(path + "/below_a_file.png", image), doctest::Contains("picture.png"), FileError);
  CHECK_THROWS_AS(save_png((folder / "new").string(), image), FileError);  // a folder
  std::filesystem::remove_all(folder);
}

TEST_CASE("pictures beside each other") {
  const Color red{200, 0, 0};
  const Image both = beside({Image(2, 3, black), Image(1, 1, red), Image(3, 2, black)});
  CHECK(both.width == 6);
  CHECK(both.height == 3);
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 6; ++x)
      CHECK(both.pixel(x, y) == (x < 2 ? black : x == 2 ? (y < 1 ? red : white) : y < 2 ? black : white));
  CHECK_THROWS_WITH_AS(beside({}), "beside: expected at least 1 picture, received none", std::invalid_argument);
}

TEST_CASE("a PNG says in words what it shows") {
  Image image(3, 2);
  CHECK(png_text(encode_png(image), "Title").empty());
  image.title = "Größe: संख्या";
  const std::string png = encode_png(image);
  CHECK(png_text(png, "Title") == image.title);
  CHECK(decode_png(png).rgb == image.rgb);
  CHECK_THROWS_WITH_AS(png_text("GIF89a", "Title"), doctest::Contains("received 6 bytes"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(png_text(png.substr(0, 50), "Title"), doctest::Contains("chunk at offset 33"),
                       std::invalid_argument);
  CHECK(grid({Tensor<4>(2, 3, 3, 1).setZero()}, 2, {.title = "Two", .row_titles = {"squares"}}).title ==
        "Two (squares)");
}

TEST_CASE("pictures in one file are taken out again as they were put in") {
  std::vector<std::string> frames;
  for (int i = 0; i < 3; ++i) frames.push_back(encode_png(Image(7, 5, {static_cast<std::uint8_t>(90 * i), 0, 1})));
  const std::string film = encode_apng(frames, 200, 1000);
  CHECK(apng_frames(film) == frames);
  CHECK(apng_frames(frames[0]).empty());
  CHECK(decode_png(film).rgb == decode_png(frames[0]).rgb);  // what a viewer of PNG shows
  std::string chunks;
  for_png_chunks(film, [&](std::string_view type, std::string_view) { chunks += std::string(type) + " "; });
  CHECK(chunks == "IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND ");
  CHECK_THROWS_WITH_AS(encode_apng({}, 1, 1), "encode_apng: expected at least 1 frame, received none",
                       std::invalid_argument);
  frames.push_back(encode_png(Image(5, 7, {1, 2, 3})));
  CHECK_THROWS_WITH_AS(encode_apng(frames, 1, 1), doctest::Contains("frame 3 has another size"), std::invalid_argument);
}
