#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "latent/pictures.hpp"
#include "pictures/expect_picture.hpp"

using namespace latent;
using namespace latent::pictures;

namespace {

/// Images of 4 x 3 pixels whose grey value tells tensor, image, row and column.
float value(int tensor, Index image, Index row, Index column) {
  return static_cast<float>(tensor * 100 + image * 20 + row * 3 + column) / 255.0f;
}
Tensor<4> make(int tensor, Index count) {
  Tensor<4> images(count, 4, 3, 1);
  for (Index n = 0; n < count; ++n) {
    for (Index y = 0; y < 4; ++y) {
      for (Index x = 0; x < 3; ++x) images(n, y, x, 0) = value(tensor, n, y, x);
    }
  }
  return images;
}
Color grey(float share) {
  const auto byte = static_cast<std::uint8_t>(std::lround(share * 255));
  return {byte, byte, byte};
}

}  // namespace

TEST_CASE("every pixel of every image is where it belongs, in its exact grey") {
  const Tensor<4> a = make(0, 5), b = make(1, 4);
  // Without titles: a margin of text_size + 5 pixels, images of scale x their size, gaps of 4.
  const Image picture = decode_png(encode_png(grid({a, b}, 3, {.scale = 5, .first = 1, .text_size = 6})));
  CHECK(picture.width == 11 + 3 * 15 + 2 * 4 + 11);
  CHECK(picture.height == 11 + 2 * 20 + 4 + 11);
  for (int tensor = 0; tensor < 2; ++tensor) {
    for (int n = 0; n < 3; ++n) {
      for (int y = 0; y < 20; ++y) {
        for (int x = 0; x < 15; ++x) {
          CHECK(picture.pixel(11 + n * 19 + x, 11 + tensor * 24 + y) == grey(value(tensor, n + 1, y / 5, x / 5)));
        }
      }
    }
  }
  CHECK(picture.pixel(0, 0) == white);
  CHECK(picture.pixel(11 + 15 + 1, 20) == white);  // between two images, beyond their frames
}

TEST_CASE("smaller images are enlarged as often as they fit, and stand in the middle") {
  Tensor<4> small(3, 2, 1, 1);
  for (Index n = 0; n < 3; ++n) small(n, 0, 0, 0) = 0.2f, small(n, 1, 0, 0) = 0.6f;
  const Image picture = grid({make(0, 3), small}, 3, {.scale = 5, .text_size = 6});
  CHECK(picture.width == 11 + 3 * 15 + 2 * 4 + 11);
  CHECK(picture.height == 11 + 2 * 20 + 4 + 11);
  // A cell of 15 x 20 pixels holds images of 1 x 2 ten times as large, with 2 pixels to their left and 3 to their
  // right.
  const int left = 11 + 19 + 2, top = 11 + 24;
  CHECK(picture.pixel(left, top) == grey(0.2f));
  CHECK(picture.pixel(left + 9, top + 9) == grey(0.2f));
  CHECK(picture.pixel(left, top + 10) == grey(0.6f));
  CHECK(picture.pixel(left + 9, top + 19) == grey(0.6f));
  CHECK(picture.pixel(left + 12, top + 10) == white);
}

TEST_CASE("images of another shape stand in the middle of their cells, framed by one grey pixel") {
  Tensor<4> flat(1, 1, 3, 1), high(1, 4, 1, 1);
  flat.setZero(), high.setZero();
  // Cells of 15 x 20 pixels: 3 x 1 five times as large, 1 x 4 likewise.
  const Image picture = grid({make(0, 1), flat, high}, 1, {.scale = 5, .text_size = 6});
  const auto frame = [&](int top, Box box) {
    for (int y = -1; y < 21; ++y)
      for (int x = -1; x < 16; ++x) {
        const bool inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
                   near = x >= box.x - 1 && x <= box.x + box.width && y >= box.y - 1 && y <= box.y + box.height;
        CHECK(picture.pixel(11 + x, top + y) == (inside ? black : near ? Color{190, 190, 190} : white));
      }
  };
  frame(11 + 24, {0, 7, 15, 5});
  frame(11 + 48, {5, 0, 5, 20});
}

TEST_CASE("a sheet is a grid of one tensor in rows") {
  const Tensor<4> a = make(0, 6);
  const Image picture = rows_of(a, 3, {.scale = 5, .text_size = 6});
  CHECK(picture.width == 11 + 3 * 15 + 2 * 4 + 11);
  CHECK(picture.height == 11 + 2 * 20 + 4 + 11);
  CHECK(picture.pixel(11 + 19, 11 + 24) == grey(value(0, 4, 0, 0)));
  CHECK(rows_of(a, 1, {.scale = 5, .text_size = 6}).height == 11 + 6 * 20 + 5 * 4 + 11);
  CHECK(rows_of(make(0, 1), 1, {.scale = 5, .text_size = 6}).height == 11 + 20 + 11);
}

TEST_CASE("by_column: a tensor is a column") {
  const Tensor<4> a = make(0, 3), b = make(1, 3);
  const Image picture = grid({a, b}, 3, {.by_column = true, .scale = 5, .text_size = 6});
  CHECK(picture.width == 11 + 2 * 15 + 4 + 11);
  CHECK(picture.height == 11 + 3 * 20 + 2 * 4 + 11);
  CHECK(picture.pixel(11 + 19, 11 + 2 * 24) == grey(value(1, 2, 0, 0)));
  CHECK(picture.pixel(11 + 14, 11 + 24 + 19) == grey(value(0, 1, 3, 2)));
}

TEST_CASE("colour, double, values out of range, NaN, temporaries") {
  Tensor<4, double> color(1, 1, 2, 3);
  color.setValues({{{{0.2, 0.4, 0.6}, {-3.0, 7.0, std::numeric_limits<double>::infinity()}}}});
  Tensor<4> gray(1, 1, 2, 1);
  gray.setValues({{{{0.5f}, {std::numeric_limits<float>::quiet_NaN()}}}});
  const Image picture = grid({color, Tensor<4>(gray)}, 1, {.scale = 8, .text_size = 6});
  CHECK(picture.pixel(11, 11) == Color{51, 102, 153});
  CHECK(picture.pixel(11 + 8, 11) == Color{0, 255, 255});
  CHECK(picture.pixel(11, 11 + 12) == Color{128, 128, 128});
  CHECK(picture.pixel(11 + 8, 11 + 12) == Color{255, 0, 255});
}

TEST_CASE("the automatic scale makes a picture for a slide, and large images are not enlarged") {
  Tensor<4> digits(10, 28, 28, 1), pages(1, 500, 1400, 1);
  digits.setZero();
  pages.setZero();
  const Image sheet = grid({digits, digits, digits}, 10);
  CHECK(sheet.width > 900);
  CHECK(sheet.width < 1300);
  CHECK(grid({digits}, 1).width == 28 * 8 + 40);
  CHECK(grid({pages}, 1).width == 1440);
}

TEST_CASE("the size that is chosen, by what bounds it") {
  const auto size = [](Index height, Index width, Index rows, Index columns) {
    const Tensor<4> images = Tensor<4>(columns, height, width, 1).setZero();
    const Image picture = grid(std::vector<ImageBatch>(static_cast<std::size_t>(rows), images), columns);
    return std::pair{picture.width, picture.height};
  };
  // Margins of 20; gaps of a sixteenth of the smaller side of an image, at least 4.
  CHECK(size(28, 28, 3, 10) == std::pair{40 + 10 * 4 * 28 + 9 * 7, 40 + 3 * 4 * 28 + 2 * 7});  // 1200 pixels in a row
  CHECK(size(28, 28, 10, 1) == std::pair{40 + 3 * 28, 40 + 10 * 3 * 28 + 9 * 5});              // 900 below each other
  CHECK(size(10, 30, 1, 1) == std::pair{40 + 7 * 30, 40 + 7 * 10});                            // 230 for one image
  CHECK(size(30, 10, 1, 1) == std::pair{40 + 7 * 10, 40 + 7 * 30});
  CHECK(size(10, 600, 1, 2) == std::pair{40 + 2 * 600 + 4, 40 + 10});  // as they are
}

TEST_CASE("titles leave the images whole and are not cut off") {
  Tensor<4> zeros(4, 28, 28, 1);
  zeros.setZero();
  const auto count_black = [](const Image& image) {  // pixels of 8 x 8 blocks that are all black: images, not letters
    int count = 0;
    for (int y = 0; y + 8 <= image.height; ++y) {
      for (int x = 0; x + 8 <= image.width; ++x) {
        bool all = true;
        for (int k = 0; k < 64 && all; ++k) all = image.pixel(x + k % 8, y + k / 8) == black;
        count += all ? 1 : 0;
      }
    }
    return count;
  };
  const auto edge_is_white = [](const Image& image) {
    bool all = true;
    for (int x = 0; x < image.width; ++x)
      all = all && image.pixel(x, 0) == white && image.pixel(x, image.height - 1) == white;
    for (int y = 0; y < image.height; ++y)
      all = all && image.pixel(0, y) == white && image.pixel(image.width - 1, y) == white;
    return all;
  };
  const int blocks = 8 * (28 - 7) * (28 - 7);
  for (const char* title : {"", "Short", "A title that is a good deal wider than four small images in a row"}) {
    const Image image = grid({zeros, zeros}, 4,
                             {.title = title,
                              .row_titles = {"Original", "Reconstruction"},
                              .column_titles = {"a", "long column title", "c", "d"},
                              .scale = 1});
    CHECK(count_black(image) == blocks);
    CHECK(edge_is_white(image));
    CHECK(image.width > text_width(title, 18) + 20);
  }
}

TEST_CASE("errors name the values") {
  const Tensor<4> a = make(0, 3);
  Tensor<4> two_channels(3, 4, 3, 2), empty(3, 0, 3, 1);
  two_channels.setZero();
  const auto message = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(message([&] { grid({}, 3); }) == "grid: expected at least 1 tensor, received none");
  CHECK(message([&] { grid({a}, 0); }) == "grid: expected at least 1 image of each tensor, received 0");
  CHECK(message([&] { grid({a, a}, 4); }) == "grid: expected 4 images from number 0 on, but tensor 0 has 3 images");
  CHECK(message([&] { grid({a}, 2, {.first = 2}); }) ==
        "grid: expected 2 images from number 2 on, but tensor 0 has 3 images");
  CHECK(message([&] { grid({a}, 2, {.first = std::numeric_limits<Index>::max()}); }).find("tensor 0 has 3") !=
        std::string::npos);
  CHECK(message([&] { grid({a}, 1, {.first = -1}); }) == "grid: expected first >= 0, received -1");
  CHECK(message([&] { rows_of(a, 2); }) ==
        "rows_of: expected images for full rows of 2, received 3; first_of(images, 2) are full rows");
  CHECK(message([&] { grid({a, two_channels}, 3); }) == "grid: expected 1 or 3 channels, tensor 1 has 2");
  CHECK(message([&] { grid({empty}, 3); }) == "grid: the images of tensor 0 have 0 x 3 pixels");
  CHECK(message([&] { grid({Tensor<4>(3, 4, 0, 1)}, 3); }) == "grid: the images of tensor 0 have 4 x 0 pixels");
  CHECK(message([&] { grid({a}, 1, {.scale = 257}); }) == "grid: expected a scale of 0 to 256, received 257");
  CHECK(message([&] { grid({a}, 1, {.scale = -1}); }) == "grid: expected a scale of 0 to 256, received -1");
  CHECK(grid({a}, 1, {.scale = 256}).width == 3 * 256 + 40);
  CHECK(message([&] { grid({a, a}, 3, {.column_titles = {"a", "b", "c"}, .by_column = true}); }) ==
        "grid: expected 2 column titles, received 3");
  CHECK(message([&] { rows_of(a, 0); }) == "rows_of: expected at least 1 column, received 0");
  CHECK(message([&] { rows_of(Tensor<4>(0, 4, 3, 1), 2); }) == "rows_of: expected at least one image, received none");
  CHECK(message([&] { grid({a, a}, 3, {.row_titles = {"a", "b", "c"}}); }) ==
        "grid: expected 2 row titles, received 3");
  CHECK(message([&] { grid({a, a}, 3, {.column_titles = {"a", "b"}}); }) ==
        "grid: expected 3 column titles, received 2");
  CHECK(message([&] { grid({a, a}, 3, {.row_titles = {"a", "b", "c"}, .by_column = true}); }) == "no error");
  CHECK(message([&] { grid({a}, 3, {.text_size = 0}); }).find("received 0") != std::string::npos);
}

TEST_CASE("whole pictures of grids") {
  expect_picture("grid", grid({images(5, 1), images(6, 3)}, 4,
                              {.title = "Two kinds",
                               .row_titles = {"grey", "colour"},
                               .column_titles = {"0", "1", "2", "3"},
                               .scale = 9,
                               .first = 1}));
  expect_picture("grid_columns", grid({images(3, 1), images(3, 1)}, 3,
                                      {.row_titles = {"a", "b", "c"}, .by_column = true, .scale = 6, .text_size = 9}));
  expect_picture("filters", rows_of(channels_as_images(images(2, 3)), 3, {.scale = 8}));
}

TEST_CASE("titles that are wider than an image, or higher, make room for themselves") {
  const Tensor<4> a = make(0, 3), b = make(1, 3);
  const std::vector<std::string> words{"a rather wide one", "b", "c"};
  // Steps as wide as the widest title and a letter's height; the last one without its gap of 4.
  CHECK(grid({a}, 3, {.column_titles = words, .scale = 1}).width == 40 + 3 * (text_width(words[0], 15) + 15) - 4);
  CHECK(grid({a}, 3, {.scale = 1}).width == 40 + 3 * (3 + 4) - 4);
  CHECK(grid({a, b}, 3, {.row_titles = {"", ""}, .scale = 1}).height == 40 + 2 * 2 * 15 - 4);
  CHECK(grid({a, b}, 3, {.scale = 1}).height == 40 + 2 * (4 + 4) - 4);
  CHECK(grid({a}, 1, {.title = "Two"}).title == "Two");
}
