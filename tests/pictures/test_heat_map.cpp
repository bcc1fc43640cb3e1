#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "latent/pictures/heat_map.hpp"

using namespace latent;
using namespace latent::pictures;

TEST_CASE("colours go from white at 0 to full at the largest, in another colour below 0") {
  CHECK(heat(0, 5) == white);
  CHECK(heat(0, 0) == white);
  CHECK(heat(5, 5) == heat(7, 5));
  CHECK(heat(5, 5) == Color{0, 90, 160});
  CHECK(heat(-5, 5) == Color{213, 94, 0});
  CHECK(heat(2.5, 5) == Color{128, 173, 208});
  CHECK(heat(0.5, 0.5) == Color{0, 90, 160});
}

TEST_CASE("every cell is where it belongs, in its colour, with its number in it") {
  Tensor<2> values(2, 3);
  values.setValues({{0, 1, 2}, {3, -4, 1}});
  const Image picture = heat_map(values, {.cell = 40, .text_size = 9});
  const int label = 9 * 3 / 4 + 9, left = 14 + text_width("1", 9) + 9, top = 14 + label;
  CHECK(picture.width == left + 3 * 40 + 14);
  CHECK(picture.height == top + 2 * 40 + 14);
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 3; ++c) {
      const double value = static_cast<double>(values(r, c));
      CHECK(picture.pixel(left + 40 * c + 2, top + 40 * r + 2) == heat(value, 4));
      bool number = false;
      for (int y = 10; y < 30; ++y)
        for (int x = 10; x < 30; ++x)
          number = number || !(picture.pixel(left + 40 * c + x, top + 40 * r + y) == heat(value, 4));
      CHECK(number);
    }
}

TEST_CASE("the largest number has the full colour, wherever it is; a title may be wider than the table") {
  Tensor<2> values(2, 1);
  values.setValues({{0.5f}, {0.25f}});
  const Image picture = heat_map(values, {.cell = 40, .text_size = 9});
  const int left = 14 + text_width("1", 9) + 9, top = 14 + 9 * 3 / 4 + 9;
  CHECK(picture.pixel(left + 2, top + 2) == Color{0, 90, 160});
  CHECK(picture.pixel(left + 2, top + 40 + 2) == heat(0.25, 0.5));
  for (const std::string title :
       {"A title that is wider than its only column", "A title that is wider than its only columni"}) {
    const int beyond = (text_width(title, 18) - 54 + 1) / 2;
    CHECK(heat_map(values, {.title = title}).width == 2 * (20 + beyond) + 54);
  }
}

TEST_CASE("labels stand beside their rows and above their columns") {
  Tensor<2> values(2, 3);
  values.setZero();
  const std::vector<std::string> blank{"", ""}, blanks{"", "", ""};
  const Image empty = heat_map(values, {.rows = blank, .columns = blanks, .cell = 40, .text_size = 9});
  // Where the picture with a label differs from that without.
  const auto inked = [&](const std::vector<std::string>& rows, const std::vector<std::string>& columns) {
    const Image labelled = heat_map(values, {.rows = rows, .columns = columns, .cell = 40, .text_size = 9});
    REQUIRE(labelled.width >= empty.width);
    const int shift = labelled.width - empty.width;  // a row's label takes its place on the left
    std::array<double, 3> sums{};
    for (int y = 0; y < empty.height; ++y)
      for (int x = 0; x < labelled.width; ++x)
        if (x < shift || !(labelled.pixel(x, y) == empty.pixel(x - shift, y))) {
          const double ink = 255.0 - labelled.pixel(x, y).green;
          sums[0] += ink, sums[1] += ink * (x - shift), sums[2] += ink * y;
        }
    REQUIRE(sums[0] > 0);
    return std::array{sums[1] / sums[0], sums[2] / sums[0]};
  };
  const int left = 14 + 9, top = 14 + 9 * 3 / 4 + 9;
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<std::string> columns = blanks;
    columns[c] = "H";
    const auto [x, y] = inked(blank, columns);
    CHECK(std::abs(x - (left + 40 * (static_cast<double>(c) + 0.5))) < 3);
    CHECK(y < top);
  }
  for (std::size_t r = 0; r < 2; ++r) {
    std::vector<std::string> rows = blank;
    rows[r] = "H";
    const auto [x, y] = inked(rows, blanks);
    CHECK(x < left);
    CHECK(std::abs(y - (top + 40 * (static_cast<double>(r) + 0.5))) < 3);
  }
}

TEST_CASE("a cell of NaN stays empty") {
  Tensor<2> values(1, 2);
  values.setValues({{std::numeric_limits<float>::quiet_NaN(), 1}});
  const Image picture = heat_map(values, {.cell = 40, .text_size = 9});
  int inked = 0;
  const int left = 14 + text_width("0", 9) + 9, top = 14 + 9 * 3 / 4 + 9;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x) inked += !(picture.pixel(left + x, top + y) == white);
  CHECK(inked == 0);
}

TEST_CASE("numbers are written in white from more than 0.55 of the largest on, and so are infinite ones") {
  Tensor<2> values(1, 3);
  values.setValues({{std::numeric_limits<float>::infinity(), -8, 4.4f}});
  const auto ink = [](const Image& picture, int cell, Color color) {
    int found = 0;
    for (int y = 0; y < 60; ++y)
      for (int x = 0; x < 60; ++x)
        found += picture.pixel(20 + text_width("0", 15) + 15 + 60 * cell + x, 20 + 15 * 3 / 4 + 15 + y) == color;
    return found;
  };
  const Image picture = heat_map(values, {.cell = 60});
  CHECK(ink(picture, 0, Color{0, 90, 160}) > 59 * 59 / 2);
  CHECK(ink(picture, 0, white) > 60 + 59 + 5);  // "inf"
  CHECK(ink(picture, 1, Color{213, 94, 0}) > 59 * 59 / 2);
  CHECK(ink(picture, 1, black) == 0);
  CHECK(ink(picture, 1, white) > 60 + 59 + 5);  // the lines between cells, and a number
  values(0, 2) = 4.375f;                        // less than 0.55 * 8
  CHECK(ink(heat_map(values, {.cell = 60}), 2, black) > 5);
  values(0, 1) = 0, values(0, 2) = 0;  // the largest of all is 0
  CHECK(ink(heat_map(values, {.cell = 60}), 1, black) > 5);
}

TEST_CASE("columns are as wide as their numbers need; cells less than two lines high have none") {
  Tensor<2> values(1, 2);
  values.setConstant(1);
  const std::vector<std::string> blank{""}, blanks{"", ""};
  const auto picture_with = [&](int cell, int decimals) {
    return heat_map(values, {.rows = blank, .columns = blanks, .decimals = decimals, .cell = cell, .text_size = 9});
  };
  const auto numbers = [&](const Image& picture) {
    int other = 0;  // pixels of the picture in neither colour
    for (int y = 0; y < picture.height; ++y)
      for (int x = 0; x < picture.width; ++x)
        other += picture.pixel(x, y) != white && picture.pixel(x, y) != Color{0, 90, 160};
    return other > 0;
  };
  CHECK(!numbers(picture_with(17, 3)));
  CHECK(numbers(picture_with(18, 3)));
  const int beside = picture_with(17, 3).width - 2 * 17;
  CHECK(picture_with(18, 3).width == beside + 2 * (text_width("1.000", 9) + 5));
  CHECK(picture_with(18, 9).width == beside + 2 * (text_width("1.000000000", 9) + 5));
  CHECK(picture_with(60, 3).width == beside + 2 * 60);  // wide enough
  for (const Index widest : {0, 1}) {
    values.setConstant(1);
    values(0, widest) = 1234567;
    CHECK(picture_with(18, 0).width == beside + 2 * (text_width("1234567", 9) + 5));
  }
}

TEST_CASE("cells are so large that the titles beside them have room") {
  Tensor<2> values(2, 2);
  values.setZero();
  const std::string long_title = "class that the network predicts";
  const int length = text_width(long_title, 15);
  const Image plain = heat_map(values, {.row_title = "t", .column_title = "t"});
  CHECK(heat_map(values, {.row_title = "t", .column_title = long_title}).width - plain.width ==
        2 * (length / 2 + 1 - 54));
  CHECK(heat_map(values, {.row_title = long_title, .column_title = "t"}).height - plain.height ==
        2 * (length / 2 + 1 - 54));
}

TEST_CASE("errors name the values") {
  Tensor<2> values(2, 3);
  values.setZero();
  CHECK_THROWS_WITH_AS(heat_map(values, {.columns = {"a", "b"}}), "heat_map: expected 3 column labels, received 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(heat_map(Tensor<2>(2, 0)), "heat_map: expected at least 1 x 1 numbers, received 2 x 0",
                       std::invalid_argument);
  for (const int cell : {3, 401})
    CHECK_THROWS_WITH_AS(heat_map(values, {.cell = cell}),
                         text("heat_map: expected cells of 4 to 400 pixels, received ", cell).c_str(),
                         std::invalid_argument);
  CHECK(heat_map(values, {.cell = 4}).height == 20 + 15 + 15 * 3 / 4 + 2 * 4 + 20);
  CHECK(heat_map(values, {.cell = 400}).height == 20 + 15 + 15 * 3 / 4 + 2 * 400 + 20);
  for (const int decimals : {-1, 18})
    CHECK_THROWS_WITH_AS(heat_map(values, {.decimals = decimals}),
                         text("heat_map: expected 0 to 17 decimals, received ", decimals).c_str(),
                         std::invalid_argument);
  CHECK_THROWS_WITH_AS(heat_map(values, {.rows = {"a"}}), doctest::Contains("expected 2 row labels, received 1"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(heat_map(Tensor<2>(0, 3)), doctest::Contains("received 0 x 3"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(heat_map(values, {.cell = 1}), doctest::Contains("received 1"), std::invalid_argument);
}
