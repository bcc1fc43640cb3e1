#include <doctest/doctest.h>

#include "latent/pictures/bars.hpp"

using namespace latent;
using namespace latent::pictures;

namespace {

/// How many pixels of a row have a colour.
int count(const Image& image, int y, Color color) {
  int pixels = 0;
  for (int x = 0; x < image.width; ++x) pixels += image.pixel(x, y) == color;
  return pixels;
}

}  // namespace

TEST_CASE("bars are as long as their numbers, in the colour of their group") {
  const Image picture = bars({{"one", 1, 0}, {"two", 2, 0}, {"four", 4, 1}, {"nothing", 0, 1}}, {.text_size = 12});
  // A margin of 17 pixels; a bar of 20 pixels and 4 to the next; 12 more before a new group. Two pixels below its upper
  // edge a bar has no text beside it.
  const int one = count(picture, 19, curve_colors[0]), two = count(picture, 43, curve_colors[0]);
  const int four = count(picture, 79, curve_colors[1]);
  CHECK(four > 400);
  CHECK(std::abs(two - four / 2) <= 1);
  CHECK(std::abs(one - four / 4) <= 1);
  CHECK(count(picture, 103, curve_colors[1]) == 0);
  CHECK(picture.height == 17 + 4 * 24 + 12 + 17);
}

TEST_CASE("errors name the values") {
  CHECK_THROWS_AS(bars({}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(bars({{"a", -1}}), doctest::Contains("\"a\" has -1"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(bars({{"a", 1}}, {.width = 60}), doctest::Contains("in 60 pixels"), std::invalid_argument);
}
