#include <doctest/doctest.h>

#include "latent/pictures/bars.hpp"
#include "pictures/expect_picture.hpp"

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

TEST_CASE("groups have the colours of curves, again from the first after the last, and a gap between them") {
  const int groups = static_cast<int>(curve_colors.size());
  const Image picture = bars({{"a", 1, groups + 1}, {"b", 1, -2}, {"c", 1, -2}}, {.text_size = 12});
  CHECK(count(picture, 19, curve_colors[1]) > 400);
  CHECK(count(picture, 19 + 24 + 12, curve_colors[2]) > 400);
  CHECK(count(picture, 19 + 24 + 12 + 24, curve_colors[2]) > 400);
  CHECK(count(picture, 17 + 20, curve_colors[1]) == 0);       // below the first
  CHECK(count(picture, 17 + 24 + 11, curve_colors[2]) == 0);  // the gap before the second
  CHECK(picture.height == 17 + 3 * 24 + 12 + 17);
  const Image nothing = bars({{"a", 0}}, {.text_size = 12});
  for (int y = 0; y < nothing.height; ++y) CHECK(count(nothing, y, curve_colors[0]) == 0);
}

TEST_CASE("the longest bar has the whole length, whatever its number; a bar of 0 has its number, too") {
  const auto length = [](double value) { return count(bars({{"a", value}}, {.text_size = 12}), 19, curve_colors[0]); };
  CHECK(length(0.5) == length(5));
  const Image nothing = bars({{"a", 0}}, {.text_size = 12});
  int ink = 0;
  for (int y = 0; y < nothing.height; ++y)
    for (int x = 17 + text_width("a", 12) + 12; x < 100; ++x) ink += nothing.pixel(x, y) != white;
  CHECK(ink > 50);
}

TEST_CASE("the least width that bars need") {
  // Margins, a name and a number with their gaps, and a bar of four times the text's height.
  const int least = 2 * 17 + text_width("name", 12) + 12 + 2 * 12 + text_width("1.00", 12) + 4 * 12;
  CHECK(bars({{"name", 1}}, {.width = least, .text_size = 12}).width == least);
  CHECK_THROWS_AS(bars({{"name", 1}}, {.width = least - 1, .text_size = 12}), std::invalid_argument);
}

TEST_CASE("numbers of short bars have more decimals, unless a number of them is asked for") {
  const auto drawn = [](double longest, const BarOptions& options) {
    return bars({{"a", longest}, {"b", 0.75 * longest}}, options).rgb;
  };
  CHECK(drawn(0.012, {}) == drawn(0.012, {.decimals = 4}));
  CHECK(drawn(0.012, {}) != drawn(0.012, {.decimals = 2}));
  CHECK(drawn(0.0999, {}) == drawn(0.0999, {.decimals = 4}));
  CHECK(drawn(0.1, {}) == drawn(0.1, {.decimals = 2}));
  CHECK(drawn(20, {}) == drawn(20, {.decimals = 2}));
  CHECK(drawn(1e-4, {}) == drawn(1e-4, {.decimals = 6}));
  CHECK(drawn(1e-200, {}) == drawn(1e-200, {.decimals = 6}));
  CHECK(drawn(0, {}) == drawn(0, {.decimals = 2}));
  CHECK_THROWS_WITH_AS(drawn(1, {.decimals = -1}), "bars: expected 0 to 17 decimals, received -1",
                       std::invalid_argument);
}

TEST_CASE("a whole picture of bars") {
  expect_picture("bars", bars({{"one", 0.5}, {"a longer name", 1.25}, {"three", 0, 1}},
                              {.title = "Bars", .x_label = "seconds", .decimals = 3, .width = 360}));
  CHECK(Bar{}.group == 0);
}

TEST_CASE("errors name the values") {
  CHECK_THROWS_WITH_AS(bars({}), "bars: expected at least 1 bar, received none", std::invalid_argument);
  CHECK_THROWS_WITH_AS(bars({{"b", 1}, {"a", -1}}), "bars: expected values of at least 0, \"a\" has -1",
                       std::invalid_argument);
  CHECK_THROWS_AS(bars({{"a", INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS(bars({{"a", 1e301}}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(bars({{"a", 1}}, {.width = 60}), doctest::Contains("in 60 pixels"), std::invalid_argument);
}
