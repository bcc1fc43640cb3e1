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

TEST_CASE("errors name the values") {
  Tensor<2> values(2, 3);
  values.setZero();
  CHECK_THROWS_WITH_AS(heat_map(values, {.rows = {"a"}}), doctest::Contains("expected 2 row labels, received 1"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(heat_map(Tensor<2>(0, 3)), doctest::Contains("received 0 x 3"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(heat_map(values, {.cell = 1}), doctest::Contains("received 1"), std::invalid_argument);
}
