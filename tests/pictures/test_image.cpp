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
  CHECK(Color{} == black);
  const Box none;
  CHECK((none.x == 0 && none.y == 0 && none.width == 0 && none.height == 0));
}

TEST_CASE("a canvas without pixels or with far too many is an error, before any memory is taken") {
  CHECK_THROWS_WITH_AS(Image(0, 5), doctest::Contains("received 0 x 5"), std::invalid_argument);
  CHECK_THROWS_AS(Image(5, -1), std::invalid_argument);
  CHECK_THROWS_AS(Image(std::int64_t{1} << 40, std::int64_t{1} << 40), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Image(0, 5), "Image: expected at least 1 x 1 and at most 134217728 pixels, received 0 x 5",
                       std::invalid_argument);
  CHECK_THROWS_AS(Image(5, 0), std::invalid_argument);
  CHECK(Image::is_a_size(Image::most_pixels, 1));
  CHECK(Image::is_a_size(1, Image::most_pixels));
  CHECK(!Image::is_a_size(Image::most_pixels + 1, 1));
  CHECK_THROWS_AS(Image(Image::most_pixels + 1, 1), std::invalid_argument);
  CHECK_THROWS_AS(Image(1, Image::most_pixels + 1), std::invalid_argument);
  for (const auto& [x, y] : {std::pair{4, 0}, {-1, 0}, {0, 3}, {0, -1}})
    CHECK_THROWS_WITH_AS(Image(4, 3).pixel(x, y),
                         text("Image::pixel: expected a pixel of 4 x 3, received x = ", x, ", y = ", y).c_str(),
                         std::invalid_argument);
  CHECK(Image(4, 3).pixel(3, 2) == white);
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
  // A point before a gap is a dot.
  Image dot(9, 9), before_gap(9, 9);
  draw_lines(dot, {{{4, 4}}}, {.width = 3});
  draw_lines(before_gap, {{{4, 4}, {nan, 4}}}, {.width = 3});
  CHECK(dot.rgb == before_gap.rgb);
  draw_lines(broken, {{{nan, nan}}}, {});
  CHECK(once.rgb == broken.rgb);
}

TEST_CASE("the distance from a line, also from a short one; a pen is one pixel wide unless it is told") {
  CHECK(distance({0.25, 1}, {0, 0}, {0.5, 0}) == 1);
  CHECK(distance({2, 0}, {0, 0}, {0.5, 0}) == 1.5);
  CHECK(distance({0.5, -2}, {0.5, 0}, {0.5, 0}) == 2);
  Image one(9, 9), other(9, 9);
  draw_lines(one, {{{1, 1}, {7, 5}}}, {});
  draw_lines(other, {{{1, 1}, {7, 5}}}, {.width = 1});
  CHECK(one.rgb == other.rgb);
}

TEST_CASE("a pen draws nothing outside its clip") {
  Image corner(6, 3);
  draw_lines(corner, {{{5.5, 0.5}}}, {.width = 3, .clip = {5, 0, 1, 2}});
  CHECK(corner.pixel(5, 0) == black);
  Image image(10, 10);
  draw_lines(image, {{{0, 5}, {10, 5}}}, {.width = 4, .clip = {3, 4, 4, 1}});
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 10; ++x) CHECK((image.pixel(x, y) == black) == (x >= 3 && x < 7 && y == 4));
  }
}

TEST_CASE("a clip that reaches beyond the canvas, and lines along its edges") {
  Image whole(6, 5), clipped(6, 5), none(6, 5);
  const std::vector<Polyline> lines{{{0, 0}, {0, 5}}, {{0, 5}, {6, 5}}, {{6, 5}, {6, 0}}, {{6, 0}, {0, 0}}};
  draw_lines(whole, lines, {.width = 2});
  draw_lines(clipped, lines, {.width = 2, .clip = {-3, -4, 100, 100}});
  CHECK(whole.rgb == clipped.rgb);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 6; ++x) CHECK((whole.pixel(x, y) == black) == (x == 0 || x == 5 || y == 0 || y == 4));
  for (const Box clip : {Box{2, 2, 0, 3}, Box{2, 2, 3, 0}, Box{8, 0, 3, 3}, Box{0, 8, 3, 3}, Box{-5, 0, 3, 3}})
    draw_lines(none, lines, {.width = 20, .clip = clip});
  CHECK(none.rgb == Image(6, 5).rgb);
}

TEST_CASE("a dot is round, and as wide as the pen") {
  Image image(9, 9);
  draw_lines(image, {{{4.5, 4.5}}}, {.width = 5});
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 9; ++x) {
      const double cover = std::clamp(3 - std::hypot(x - 4, y - 4), 0.0, 1.0);
      CHECK(std::abs(image.pixel(x, y).red - 255 * (1 - cover)) <= 0.51);
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
  CHECK(text_width("\xE0\xA4\xA0", 15) ==
        text_width("\xF0\x9F\x98\x80", 15));  // one box for one character, however many bytes
  for (const int size : {0, 5, 1001})
    CHECK_THROWS_WITH_AS(text_width("x", size),
                         latent::text("text: expected a size of 6 to 1000 pixels, received ", size).c_str(),
                         std::invalid_argument);
  CHECK(text_width("", 6) == 1);
  CHECK(text_width("", 1000) == 166);
  for (const char digit : {'0', '1', '2', '3', '5', '6', '7', '8', '9'})  // 4 is wider
    CHECK(text_width(std::string(1, digit), 24) == 12 + 4);
  CHECK(text_width("/", 24) == 10 + 4);
  CHECK(text_width(":", 24) == 2 + 4);
  CHECK(text_width(" ", 24) == 3 + 4);
  CHECK(text_width("~", 24) == 16 + 4);
  for (const char* unknown : {"\x7f", "\x1f", "\t"}) CHECK(text_width(unknown, 24) == 12 + 4);  // the empty box
  CHECK(text_width("11", 24) == 12 + 7 + 12 + 4);
  CHECK(widest_text({"11", "1", ""}, 24) == 35);
  CHECK(widest_text({}, 24) == 0);

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
  const int width = text_width(whole, 15);
  CHECK(shortened(whole, 15, width) == whole);
  CHECK(shortened(whole, 15, width - 1) != whole);
  CHECK(shortened(whole, 15, text_width("a rath...", 15)) == "a rath...");
  CHECK(shortened(whole, 15, text_width("a rath...", 15) - 1) == "a rat...");
  CHECK(shortened(whole, 15, 0) == "...");
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
  CHECK_THROWS_WITH_AS(encode_png(wrong), "encode_png: 2 x 2 pixels need 12 bytes, received 11", std::invalid_argument);
  wrong.height = -2, wrong.width = -2;
  wrong.rgb.resize(12);
  CHECK_THROWS_AS(encode_png(wrong), std::invalid_argument);
  wrong.height = 0, wrong.width = 2;
  wrong.rgb.clear();
  CHECK_THROWS_AS(encode_png(wrong), std::invalid_argument);
  wrong.height = 2, wrong.width = 0;
  CHECK_THROWS_AS(encode_png(wrong), std::invalid_argument);
  CHECK(decode_png(encode_png(Image(1, 1, {7, 7, 7}))).pixel(0, 0) == Color{7, 7, 7});
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
  Image titled(1, 1), other(1, 1);
  titled.title = "one", other.title = "two";
  CHECK(beside({titled, Image(1, 1), other}).title == "one; two");
  CHECK(beside({Image(1, 1)}).title.empty());
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
  for (const std::size_t size : {std::size_t{34}, std::size_t{44}, std::size_t{45}, std::size_t{50}})
    CHECK_THROWS_WITH_AS(png_text(png.substr(0, size), "Title"), "the PNG file ends within the chunk at offset 33",
                         std::invalid_argument);
  CHECK_THROWS_WITH_AS(png_text(png.substr(0, png.size() - 1), "Title"),
                       text("the PNG file ends within the chunk at offset ", png.size() - 12).c_str(),
                       std::invalid_argument);
  for (const std::size_t missing : {1u, 12u})  // of the chunk of 12 bytes, 10 and the title's
    CHECK_THROWS_WITH_AS(png_text(png.substr(0, 33 + 12 + 10 + image.title.size() - missing), "Title"),
                         "the PNG file ends within the chunk at offset 33", std::invalid_argument);
  CHECK(png_text(png.substr(0, 8), "Title").empty());
  CHECK(png_text(png, "Titl").empty());
  CHECK(png.substr(33, 4) == png_number(static_cast<std::uint32_t>(10 + image.title.size())));
  CHECK(png.substr(37, 14) == std::string("iTXtTitle\0\0\0\0\0", 14));
  CHECK(grid({Tensor<4>(2, 3, 3, 1).setZero()}, 2, {.title = "Two", .row_titles = {"squares"}}).title ==
        "Two (squares)");
  CHECK(grid({Tensor<4>(2, 3, 3, 1).setZero()}, 2, {.column_titles = {"a", "b"}}).title == "(a, b)");
}

TEST_CASE("numbers and chunks of PNG files, byte by byte") {
  CHECK(png_number(0x01020384) == "\x01\x02\x03\x84");
  CHECK(png_number(0x0102, 2) == "\x01\x02");
  CHECK(read_png_number("\x01\x02\x03\x84") == 0x01020384);
  CHECK(read_png_number("\x01\x02\x03\x84more") == 0x01020384);
  CHECK(read_png_number("\x02") == 2);
  // The last chunk of every PNG file; 0xAE426082 is the checksum of "IEND".
  CHECK(png_chunk("IEND", "") == std::string("\0\0\0\0IEND\xAE\x42\x60\x82", 12));
  CHECK(png_chunk("abcd", "xyz").substr(0, 11) == std::string("\0\0\0\x03"
                                                              "abcdxyz",
                                                              11));
}

TEST_CASE("the chunks of a film say how it is played") {
  Image first(3, 2, {0, 1, 2}), second(3, 2, {9, 8, 7});
  first.title = "first", second.title = "second";
  std::vector<std::pair<std::string, std::string>> chunks;
  for_png_chunks(encode_apng({encode_png(first), encode_png(second)}, 200, 1500),
                 [&](std::string_view type, std::string_view data) { chunks.emplace_back(type, data); });
  REQUIRE(chunks.size() == 8);
  const std::string numbers = png_number(3) + png_number(2) + std::string(8, '\0');   // sizes, place
  CHECK(chunks[1] == std::pair{std::string("acTL"), png_number(2) + png_number(0)});  // frames; for ever
  CHECK(chunks[2] == std::pair{std::string("fcTL"), png_number(0) + numbers + png_number(200, 2) + png_number(1000, 2) +
                                                        std::string(2, '\0')});
  CHECK(chunks[3] == std::pair{std::string("iTXt"), "Title" + std::string(5, '\0') + "first"});
  CHECK(chunks[4].first == "IDAT");
  CHECK(chunks[5] == std::pair{std::string("fcTL"), png_number(1) + numbers + png_number(1500, 2) +
                                                        png_number(1000, 2) + std::string(2, '\0')});
  CHECK(chunks[6].first == "fdAT");
  CHECK(chunks[6].second.substr(0, 4) == png_number(2));
}

TEST_CASE("a film of others: a first picture that is none of its frames, data in pieces, a chunk without data") {
  const std::string png = encode_png(Image(3, 2, {0, 1, 2})), head = png.substr(0, png_header_end);
  const std::string film = head + png_chunk("acTL", png_number(1) + png_number(0)) + png_chunk("IDAT", "still") +
                           png_chunk("fcTL", "") + png_chunk("fdAT", png_number(1) + "one") + png_chunk("fdAT", "") +
                           png_chunk("fdAT", png_number(2) + "two") + png_chunk("IEND", "");
  CHECK(apng_frames(film) == std::vector{head + png_chunk("IDAT", "one") + png_chunk("IDAT", "") +
                                         png_chunk("IDAT", "two") + png_chunk("IEND", "")});
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
  CHECK(apng_frames(encode_apng({frames[1]}, 1, 1)) == std::vector{frames[1]});
  CHECK_THROWS_WITH_AS(encode_apng({frames[0], encode_png(Image(7, 5, white))}, 1, 1),
                       "encode_apng: frame 1 has another size or kind of colours than the first",
                       std::invalid_argument);
  frames.push_back(encode_png(Image(5, 7, {1, 2, 3})));
  CHECK_THROWS_WITH_AS(encode_apng(frames, 1, 1), doctest::Contains("frame 3 has another size"), std::invalid_argument);
}
