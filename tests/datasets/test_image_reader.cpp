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
  CHECK(count == 35);
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
    CHECK(difference(resize(image, resized.dimension(1), resized.dimension(2)), resized) < 0.02f);
    ++count;
  }
  CHECK(count == 3);
  CHECK(difference(fit(image, {.channels = 1, .size = {6, 5}}), resize(to_gray(image), 6, 5)) == 0);
  CHECK(difference(fit(image, {}), image) == 0);
  const Tensor<4> turned = fit(image, {.turn = true});
  CHECK(turned.dimension(1) == 16);
  CHECK(turned(0, 15, 11, 2) == image(0, 11, 15, 2));
  CHECK_THROWS_AS(resize(image, 5, 0), std::invalid_argument);
  CHECK(resize(image, 1, 1).size() == image.dimension(3));
  CHECK_THROWS_WITH_AS(resize(image, 0, 5), "resize: expected at least 1 x 1 pixels, received 0 x 5",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(to_gray(to_gray(image)), "to_gray: expected images of 3 channels, received 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.channels = 2}), doctest::Contains("received 2"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.size = {28, 0}}), doctest::Contains("received 28 x 0"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.limit = -1}), doctest::Contains("received -1"), std::invalid_argument);
}
