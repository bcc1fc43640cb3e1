#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>

#include "latent/pictures.hpp"
#include "pictures/decode.hpp"

using namespace latent;
using namespace latent::pictures;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();
using Numbers = std::vector<double>;
using Labels = std::vector<std::string>;

struct Recorded {
  std::map<std::string, std::vector<double>> history;
};
/// One that began late.
struct Late : Recorded {
  static std::vector<int> epochs(const std::string&) { return {1, 2, 4}; }
};
bool operator==(Range a, Range b) { return a.low == b.low && a.high == b.high; }

int count(const Image& image, Color color, int top = 0, int bottom = 1 << 30) {
  int found = 0;
  for (int y = top; y < std::min(bottom, image.height); ++y) {
    for (int x = 0; x < image.width; ++x) found += image.pixel(x, y) == color ? 1 : 0;
  }
  return found;
}

/// The mean position of the pixels of one colour below a row.
Point middle(const Image& image, Color color, int top) {
  double x_sum = 0, y_sum = 0, n = 0;
  for (int y = top; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (image.pixel(x, y) == color) x_sum += x, y_sum += y, ++n;
    }
  }
  return {x_sum / n, y_sum / n};
}

std::string message(const std::vector<Curve>& curves, const PlotOptions& options = {}) {
  try {
    plot(curves, options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("the colours of Okabe and Ito, from blue to black, without the yellow") {
  CHECK(curve_colors == std::array<Color, 7>{Color{0x00, 0x72, 0xb2}, Color{0xd5, 0x5e, 0x00}, Color{0x00, 0x9e, 0x73},
                                             Color{0xcc, 0x79, 0xa7}, Color{0xe6, 0x9f, 0x00}, Color{0x56, 0xb4, 0xe9},
                                             Color{0x00, 0x00, 0x00}});
}

TEST_CASE("ticks lie at multiples of 1, 2 or 5") {
  CHECK(nice_ticks({0, 1}, 6) == Numbers{0, 0.2, 0.4, 0.6, 0.8, 1});
  CHECK(nice_ticks({0, 1}, 11) == Numbers{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1});
  CHECK(nice_ticks({0, 1}, 5) == Numbers{0, 0.5, 1});
  CHECK(nice_ticks({0.0897, 0.1204}, 4) == Numbers{0.09, 0.1, 0.11, 0.12});
  CHECK(nice_ticks({-30, 70}, 6) == Numbers{-20, 0, 20, 40, 60});
  CHECK(nice_ticks({0.7, 10.3}, 12, true) == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(nice_ticks({0.9, 3.1}, 12, true) == Numbers{1, 2, 3});  // no half epochs
  CHECK(nice_ticks({0.9, 1.1}, 12, true) == Numbers{1});
  CHECK(nice_ticks({0, 9e5}, 10) == Numbers{0, 1e5, 2e5, 3e5, 4e5, 5e5, 6e5, 7e5, 8e5, 9e5});
  CHECK(nice_ticks({0, 101}, 12, true) == Numbers{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100});
}

TEST_CASE("ranges, and the room around them") {
  CHECK(drawable(1e300));
  CHECK(drawable(-1e300));
  CHECK(!drawable(1.1e300));
  CHECK(!drawable(nan_value));
  CHECK(Range{}.empty());
  CHECK(!Range{2, 2}.empty());
  Range range;
  for (const double value : {3.0, infinite, -1.0, nan_value, 2.0}) range.include(value);
  CHECK(range == Range{-1, 3});
  CHECK(with_margin({}, 0.25) == Range{0, 1});
  CHECK(with_margin({0, 8}, 0.25) == Range{0, 10});  // nowhere negative
  CHECK(with_margin({1, 5}, 0.25) == Range{0, 6});
  CHECK(with_margin({2, 6}, 0.25) == Range{1, 7});
  CHECK(with_margin({-4, 4}, 0.25) == Range{-6, 6});
  CHECK(with_margin({20, 20}, 0.25) == Range{18, 22});
  CHECK(with_margin({-20, -20}, 0.25) == Range{-22, -18});
  CHECK(with_margin({0, 0}, 0.25) == Range{0, 1});
  CHECK(with_margin({1e-280, 1e-280}, 0.25).high == 1);
  CHECK(with_margin({0, 1e-290}, 0.25).high == 1.25e-290);  // just long enough
  CHECK(with_margin({-1e12, -1e12 + 1}, 0.25) == Range{-1.1e12, -0.9e12 + 1});
  CHECK(with_margin({-1e12, -1e12 + 2}, 0.25) == Range{-1e12 - 0.5, -1e12 + 2.5});
  CHECK(with_margin_around({}) == Range{0, 1});
  CHECK(with_margin_around({0, 8}, 0.25) == Range{-2, 10});
  CHECK(with_margin_around({-4, 4}, 0.25) == Range{-6, 6});
  CHECK(with_margin_around({20, 20}) == Range{18, 22});
  CHECK(with_margin_around({-20, -20}) == Range{-22, -18});
  CHECK(with_margin_around({0, 0}) == Range{-1, 1});
  CHECK(with_margin_around({1e-280, 1e-280}) == Range{-1, 1});
  CHECK(with_margin_around({0, 1e-290}, 0.25).high == 1);
  CHECK(with_margin_around({-1e12, -1e12 + 1}, 0.25) == Range{-1.1e12, -0.9e12 + 1});
  CHECK(with_margin_around({-1e12, -1e12 + 2}, 0.25) == Range{-1e12 - 0.5, -1e12 + 2.5});
}

TEST_CASE("ticks on ranges of any size: ascending, within the range, not too many and not too few") {
  for (double low : {-1e300, -3.7e9, -1.0, 0.0, 1e-9, 0.3, 12345.678}) {
    for (double length : {1e-280, 1e-7, 0.013, 1.0, 7.7, 1e5, 1e300}) {
      if (length <= 1e-12 * std::abs(low)) continue;
      for (int at_most : {2, 3, 7, 12}) {
        const Range range{low, low + length};
        const Numbers ticks = nice_ticks(range, at_most);
        INFO("range ", low, " + ", length, ", at most ", at_most);
        CHECK(static_cast<int>(ticks.size()) <= at_most);
        CHECK(static_cast<int>(ticks.size()) >= (at_most + 1) / 3);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
          CHECK(ticks[i] >= low - 1e-6 * length);
          CHECK(ticks[i] <= low + length * (1 + 1e-6));
          if (i > 0) CHECK(ticks[i] > ticks[i - 1]);
        }
      }
    }
  }
  CHECK(!std::signbit(nice_ticks({-0.3, 1}, 3)[0]));  // no "-0"
  CHECK_THROWS_WITH_AS(nice_ticks({0, 1}, 1), "nice_ticks: expected room for at least 2 ticks, received 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(nice_ticks({0, 1e-290}, 5),
                       "nice_ticks: expected two ends that differ by more than their rounding, received 0 and 1e-290",
                       std::invalid_argument);
  CHECK(nice_ticks({0, 2e-290}, 2).size() == 2);
  CHECK_THROWS_AS(nice_ticks({1e13 - 1, 1e13}, 5), std::invalid_argument);  // 1e-13 of the larger end
  CHECK(nice_ticks({1e13 - 2, 1e13}, 5).size() == 5);
  CHECK_THROWS_AS(nice_ticks({1, 1}, 5), std::invalid_argument);
  CHECK_THROWS_AS(nice_ticks({1, std::nextafter(1.0, 2.0)}, 5), std::invalid_argument);
  CHECK_THROWS_AS(nice_ticks({0, infinite}, 5), std::invalid_argument);
  CHECK_THROWS_AS(nice_ticks({nan_value, 1}, 5), std::invalid_argument);
}

TEST_CASE("tick labels have the decimals that tell them apart") {
  CHECK(tick_labels({0, 0.5, 1}) == Labels{"0.0", "0.5", "1.0"});
  CHECK(tick_labels({0.09, 0.1, 0.11}) == Labels{"0.09", "0.10", "0.11"});
  CHECK(tick_labels({-20, 0, 20}) == Labels{"-20", "0", "20"});
  CHECK(tick_labels({1}) == Labels{"1"});
  CHECK(tick_labels({0.25}) == Labels{"0.25"});
  CHECK(tick_labels({0, 1e-7, 2e-7}) == Labels{"0", "1e-7", "2e-7"});
  CHECK(tick_labels({9.5e6, 1e7, 1.05e7}) == Labels{"9.5e6", "1.00e7", "1.05e7"});
  CHECK(tick_labels({}).empty());
  CHECK(tick_labels({0}) == Labels{"0"});
  CHECK(tick_labels({-2.5}) == Labels{"-2.5"});
  CHECK(tick_labels({0, 500000}) == Labels{"0", "500000"});
  CHECK(tick_labels({0, 1000000}) == Labels{"0", "1e6"});
  CHECK(tick_labels({-1000000, 0}) == Labels{"-1e6", "0"});
  CHECK(tick_labels({0, 0.0001}) == Labels{"0.0000", "0.0001"});
  CHECK(tick_labels({0, 0.00005}) == Labels{"0", "5e-5"});
  CHECK(tick_labels({0.9998, 0.99985, 0.9999}) == Labels{"0.99980", "0.99985", "0.99990"});
  CHECK(tick_labels({0.3, 0.30000002}) == Labels{"0.30000000", "0.30000002"});
  CHECK(tick_labels({0, 10}) == Labels{"0", "10"});
  CHECK(tick_labels({100, 150}) == Labels{"100", "150"});
  CHECK(tick_labels({0, 1e6, 2e6}) == Labels{"0", "1e6", "2e6"});
  CHECK(tick_labels({9e6, 1e7, 1.1e7}) == Labels{"9e6", "1.0e7", "1.1e7"});
  CHECK(tick_labels({2e6}) == Labels{"2e6"});
  CHECK(tick_labels({1.0216e-5}) == Labels{"1.0216e-5"});
  CHECK(tick_labels({4628000}) == Labels{"4.628e6"});
  CHECK(tick_labels({1e-9}) == Labels{"1e-9"});
  CHECK(tick_labels({1e-9, 1.002e-9}) == Labels{"1.000e-9", "1.002e-9"});
}

TEST_CASE("ticks of logarithmic axes: 1, 2, 5 or powers of ten, or within a decade at equal distances") {
  const auto labels = [](double low, double high, int at_most) {
    const auto axis = logarithmic_axis({std::log10(low), std::log10(high)}, at_most);
    CHECK(axis.ticks.size() == axis.labels.size());
    for (std::size_t i = 0; i < axis.ticks.size(); ++i)
      CHECK(axis.ticks[i] == doctest::Approx(std::log10(std::stod(axis.labels[i]))).epsilon(1e-12));
    return axis.labels;
  };
  CHECK(labels(0.01, 1, 7) == Labels{"0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"});
  CHECK(labels(0.01, 1, 6) == Labels{"0.01", "0.1", "1"});
  CHECK(labels(0.0003, 2, 10) == Labels{"0.001", "0.01", "0.1", "1"});
  CHECK(labels(1e-6, 1e7, 20) == Labels{"1e-6", "1e-5", "0.0001", "0.001", "0.01", "0.1", "1", "10", "100", "1000",
                                        "10000", "100000", "1e6", "1e7"});
  CHECK(labels(1e-6, 1e7, 13) == Labels{"1e-6", "0.0001", "0.01", "1", "100", "10000", "1e6"});
  CHECK(labels(1e-6, 1e7, 6) == Labels{"1e-5", "1", "100000"});
  CHECK(labels(1e-60, 1e60, 6) == Labels{"1e-50", "1", "1e50"});
  CHECK(labels(1e-270, 1e300, 2) == Labels{"1e-270", "1e300"});
  CHECK(labels(0.0016, 20, 2) == Labels{"0.01", "1"});
  CHECK(labels(0.0016, 0.0777, 2) == Labels{"0.002", "0.05"});
  CHECK(labels(0.0931, 0.119, 5) == Labels{"0.095", "0.100", "0.105", "0.110", "0.115"});
  CHECK(labels(0.4, 4, 5) == Labels{"0.5", "1", "2"});
  CHECK(labels(0.6, 4, 5) == Labels{"1", "2", "3", "4"});
  CHECK(exponent_of_ten(1000) == doctest::Approx(3).epsilon(1e-15));
  for (const double nowhere : {0.0, -1.0, 1e-281, 1e301, nan_value, infinite})
    CHECK(std::isnan(exponent_of_ten(nowhere)));
}

TEST_CASE("labels of a logarithmic x axis do not touch") {
  // The row through the middle of the labels' digits has ink for each label, with gaps of half a letter or more between them.
  for (const Numbers& x : {Numbers{15000, 30000, 67000}, Numbers{270, 500, 1080}, Numbers{3, 4, 5.9}}) {
    const Image image = plot({{"", {1, 2, 3}, x}}, {.log_x = true});
    const auto has_ink = [&](int column) {
      for (int row = image.height - 45; row < image.height; ++row)
        if (image.pixel(column, row) != white) return true;
      return false;
    };
    std::size_t words = 0;
    int gap = 100;
    for (int column = 0; column < image.width; ++column) {
      if (!has_ink(column)) {
        ++gap;
        continue;
      }
      words += gap >= 7;
      gap = 0;
    }
    bool found = false;
    const Range range = with_margin_of_exponents({std::log10(x[0]), std::log10(x[2])}, 0.03);
    for (int at_most = 12; at_most >= 2; --at_most)
      found = found || logarithmic_axis(range, at_most).ticks.size() == words;
    CHECK_MESSAGE(found, words, " words");
    CHECK(words >= 2);
  }
}

TEST_CASE("on a logarithmic axis equal factors are equal distances, and what is not above 0 is a gap") {
  // One colour each: their dots alone, 10 times higher each time, and 10 times farther right.
  const auto at = [](double x, double y, const PlotOptions& options) {
    return middle(plot({{"", {1, 1000}, {1, 1000}}, {"", {y}, {x}}}, options), curve_colors[1], 0);
  };
  for (const PlotOptions& options : {PlotOptions{.log_x = true, .log_y = true}, PlotOptions{.log_y = true}}) {
    const Point ten = at(10, 10, options), hundred = at(100, 100, options), most = at(1000, 1000, options);
    CHECK(ten.y - hundred.y == doctest::Approx(hundred.y - most.y).epsilon(0.01));
    const double across = (hundred.x - ten.x) / (most.x - hundred.x);
    CHECK(across == doctest::Approx(options.log_x ? 1 : 0.1).epsilon(0.02));
  }
  const PlotOptions log{.log_y = true};
  CHECK(plot({{"", {1, 10, 0, 100}}}, log).rgb == plot({{"", {1, 10, nan_value, 100}}}, log).rgb);
  CHECK(plot({{"", {1, 10, -3, 100}}}, log).rgb == plot({{"", {1, 10, nan_value, 100}}}, log).rgb);
  CHECK(plot({{"", {1, 10}, {0, 5}}}, {.log_x = true}).rgb ==
        plot({{"", {nan_value, 10}, {1, 5}}}, {.log_x = true}).rgb);
  CHECK(plot({{"", {0, -1}}}, log).rgb == plot({{"", {-1, -1}}}, log).rgb);  // none at all
  CHECK(plot({{"", {1, 10}}}, {.y_min = 0.1, .y_max = 100, .log_y = true}).rgb != plot({{"", {1, 10}}}, log).rgb);
  CHECK(count(plot({{"", {1, 10}}}, {.y_min = 100, .log_y = true}), curve_colors[0]) == 0);
  for (const double end : {0.0, -1.0}) {
    CHECK(message({{"", {1}}}, {.y_min = end, .log_y = true}) ==
          text("plot: a logarithmic y axis has no ", end, "; expected a y_min and a y_max of more than 1e-280"));
    CHECK(message({{"", {1}}}, {.y_max = end, .log_y = true}).find("a logarithmic y axis has no ") == 6);
  }
  CHECK(message({{"", {1}}}, {.y_min = 0, .log_x = true}) == "no error");
}

TEST_CASE("both curves of a history are drawn and named") {
  const Recorded history{{{"loss", {0.3, 0.2, 0.15}}, {"val_loss", {0.28, 0.22, 0.2}}, {"mae", {1, 2, 3}}}};
  const Image image = decode_png(encode_png(plot(history)));
  CHECK(image.width == 1200);
  CHECK(image.height == 750);
  // The legend lies above the axes, the curves below it.
  CHECK(count(image, curve_colors[0], 0, 90) > 30);
  CHECK(count(image, curve_colors[1], 0, 90) > 30);
  CHECK(count(image, curve_colors[0], 100) > 1000);
  CHECK(count(image, curve_colors[1], 100) > 1000);
  CHECK(count(image, curve_colors[2]) == 0);
  CHECK(image.rgb == plot({{"train", {0.3, 0.2, 0.15}}, {"validation", {0.28, 0.22, 0.2}}},
                          {.title = "Training and validation loss", .x_label = "epoch", .y_label = "loss"})
                         .rgb);
  CHECK(plot(history, {}, "mae").rgb ==
        plot({{"train", {1, 2, 3}}}, {.title = "Training mae", .x_label = "epoch", .y_label = "mae"}).rgb);
  CHECK(plot(history, {.title = "Mine"}).rgb != image.rgb);
  CHECK(plot(Late{{{{"loss", {3, 1, 2}}}}}).rgb ==
        plot({{"train", {3, 1, 2}, {2, 3, 5}}}, {.title = "Training loss", .x_label = "epoch", .y_label = "loss"}).rgb);
  CHECK(plot(Recorded{{{"a", {1}}, {"val_a", {2}}}}, {.title = "t", .x_label = "x", .y_label = "y"}, "a").rgb ==
        plot({{"train", {1}}, {"validation", {2}}}, {.title = "t", .x_label = "x", .y_label = "y"}).rgb);
  CHECK_THROWS_WITH_AS(plot(history, {}, "accuracy"), doctest::Contains("\"accuracy\""), std::invalid_argument);
  CHECK_THROWS_AS(plot(Recorded{}), std::invalid_argument);
  CHECK_THROWS_AS(plot(Recorded{{{"loss", {}}}}), std::invalid_argument);
}

TEST_CASE("an x axis has as many ticks as fit with their labels") {
  for (const Range x : {Range{0, 1}, {0, 2}, {0, 9}, {123456, 123466}, {1e9, 1e9 + 0.001}, {-5, 7000}})
    for (int width = 300; width < 700;) {
      const PlotOptions options{.width = width, .height = 225};
      Image image(width, 225);
      const Frame frame =
          latent::pictures::detail::draw_frame(image, options, 20, x, {0, 1}, false, width < 325 ? 120 : 0);
      Numbers ticks;
      for (int at_most = std::clamp(frame.box.width / 45, 2, 12);; --at_most) {
        ticks = nice_ticks(x, at_most);
        if (static_cast<int>(ticks.size()) * (widest_text(tick_labels(ticks), 15) + 15) <= frame.box.width) break;
        if (at_most == 2) break;
      }
      std::size_t marks = 0;  // below the axis, 3 of 5 pixels down
      for (int c = frame.box.x - 1; c < width; ++c)
        marks += image.pixel(c, frame.box.y + frame.box.height + 3) == Color{70, 70, 70};
      CHECK(marks == ticks.size());
      // Six labels of 123456 fit exactly at a width around 607.
      width += width < 320 ? 5 : x.low == 123456 && width >= 590 && width < 630 ? 1 : 30;
    }
}

TEST_CASE("a plot is at least four letters wide, beside the labels of its y axis") {
  int width = 120;
  const auto drawn = [&] { return message({{"", {1e9, 1e9 + 1e-3}}}, {.width = width, .height = 90, .text_size = 6}); };
  while (width < 1000 && drawn() != "no error") ++width;
  REQUIRE((width > 120 && width < 1000));
  const Image image = plot({{"", {1e9, 1e9 + 1e-3}}}, {.width = width, .height = 90, .text_size = 6});
  int longest = 0;  // the axis, and the corner
  for (int y = 0; y < 90; ++y) longest = std::max(longest, count(image, {70, 70, 70}, y, y + 1));
  CHECK(longest == 4 * 6 + 1);
  --width;
  CHECK(drawn() == text("plot: no room beside the labels of the y axis in ", width, " pixels"));
}

TEST_CASE("a legend takes a line for as many names as fit, and none without names") {
  const auto height = [](int width, const std::vector<Curve>& curves) {
    Image image(width, 225);
    return latent::pictures::detail::draw_legend(image, curves, {.width = width, .height = 225}, 20);
  };
  const auto entry = [](const char* name) { return 2 * 15 + 15 / 2 + text_width(name, 15); };
  const std::vector<Curve> two{{"the first", {1}}, {"", {1}}, {"the second one", {1}}};
  const int enough = 4 * 15 + entry("the first") + 2 * 15 + entry("the second one");
  CHECK(height(enough, two) == 30);
  CHECK(height(enough - 1, two) == 60);
  CHECK(height(300, {{"", {1}}}) == 0);
}

TEST_CASE("a legend takes at most a third of the height: of more curves the last are counted") {
  const std::string name = "a name of more than half a line";
  const auto height = [&](int of_picture, std::size_t curves) {
    Image image(400, of_picture);
    return latent::pictures::detail::draw_legend(image, std::vector<Curve>(curves, Curve{name, {1}}),
                                                 {.width = 400, .height = of_picture}, 20);
  };
  CHECK(height(360, 4) == 4 * 30);
  CHECK(height(360, 5) == 4 * 30);
  CHECK(height(359, 4) == 3 * 30);
  CHECK(height(225, 500) == 2 * 30);
  CHECK(height(80, 3) == 30);  // one line there is always

  // What is written behind the last name: as many as are left out, in the middle with the names.
  std::vector<Curve> curves(5, Curve{"abc", {1}});
  const PlotOptions options{.width = 370, .height = 80};
  Image counted(370, 80), expected(370, 80);
  latent::pictures::detail::draw_legend(counted, curves, options, 20);
  const int entry = 2 * 15 + 15 / 2 + text_width("abc", 15),
            width = 2 * entry + 2 * 2 * 15 + text_width("and 3 more", 15);
  REQUIRE(width <= 370 - 4 * 15);
  REQUIRE(width + entry + 2 * 15 > 370 - 4 * 15);
  double x = (370 - width) / 2.0;
  for (std::size_t i = 0; i < 2; ++i) {
    draw_lines(expected, {{{x, 20 + 15 - 7.5 + 0.5}, {x + 30, 20 + 15 - 7.5 + 0.5}}},
               latent::pictures::detail::curve_pen(i, 15));
    draw_text(expected, {x + 30 + 7, 35.0}, "abc", {.size = 15});
    x += entry + 30;
  }
  draw_text(expected, {x, 35.0}, "and 3 more", {.size = 15});
  CHECK(counted.rgb == expected.rgb);
}

TEST_CASE("what is left for the axes is at least four letters high") {
  const std::vector<Curve> curves(6, Curve{"a name of more than half a line", {1}});
  // Two margins, two lines of the legend, what is below the axis with its label, and half a letter above it; the title takes the rest.
  const auto drawn = [&](const char* title) {
    return message(
        curves,
        {.title = title, .x_label = "x", .width = 400, .height = 20 + 2 * 30 + 7 + 4 * 15 + 5 * 15 / 2 + 2 * 15 + 20});
  };
  CHECK(drawn("") == "no error");
  CHECK(drawn("title") == "plot: no room for 6 curves and their legend in 400 x 234 pixels");
}

TEST_CASE(
    "points are dots where they are few; those without a value do not widen the axes; whole numbers alone are ticked "
    "as such") {
  const auto blue = [](std::size_t points) { return count(plot({{"", Numbers(points, 1)}}), curve_colors[0]); };
  CHECK(blue(40) - blue(41) > 1000);
  CHECK(plot({{"", {1, nan_value}, {0, 100}}}).rgb == plot({{"", {1}, {0}}}).rgb);
  const Image halves = plot({{"", {1, 2}, {0, 0.5}}});
  CHECK(count(halves, {226, 226, 226}, 28, 29) > 3);

  Image none(1200, 750);
  const Frame frame = latent::pictures::detail::draw_frame(none, {}, 20 + 7, {0, 1}, {0, 1}, true);
  draw_text(none, {frame.box.x + frame.box.width / 2.0, frame.box.y + frame.box.height / 2.0}, "no finite values",
            {.align = Align::center});
  CHECK(plot({{"", {nan_value}}}).rgb == none.rgb);
}

TEST_CASE("a curve goes through its points") {
  // Without names and labels the frame follows from the positions of two corner points.
  const Image corners = plot({{"", {-1, nan_value, 1}}}), centre = plot({{"", {-1, 0, 1}}});
  const Point middle_of_corners = middle(corners, curve_colors[0], 0),
              middle_of_line = middle(centre, curve_colors[0], 0);
  CHECK(middle_of_line.x == doctest::Approx(middle_of_corners.x).epsilon(0.002));
  CHECK(middle_of_line.y == doctest::Approx(middle_of_corners.y).epsilon(0.002));
  CHECK(count(centre, curve_colors[0]) > 10 * count(corners, curve_colors[0]));
  // A rising curve: its second half lies higher up, and further to the right.
  const Image low = plot({{"", {0, nan_value, nan_value}, {}}, {"", {nan_value, nan_value, 1}}});
  CHECK(middle(low, curve_colors[0], 0).x + 500 < middle(low, curve_colors[1], 0).x);
  CHECK(middle(low, curve_colors[0], 0).y > middle(low, curve_colors[1], 0).y + 400);
}

TEST_CASE("the smallest text has axes, too") {
  CHECK(count(plot({{"", {1, 2}}}, {.width = 120, .height = 90, .text_size = 6}), Color{70, 70, 70}) > 100);
}

TEST_CASE("a single point shows, also between gaps of a long curve") {
  CHECK(count(plot({{"", {0.25}}}), curve_colors[0]) > 20);
  Numbers sparse(1000, nan_value);
  sparse[500] = 1;
  CHECK(count(plot({{"", sparse}}), curve_colors[0]) > 20);
  CHECK(count(plot({{"", {infinite, 1, -infinite, nan_value}}}), curve_colors[0]) > 20);
}

TEST_CASE("a curve leaves the frame where y_min and y_max cut it off, and nothing is drawn outside") {
  const Image all = plot({{"", {1, 2, 3, 100}}}), cut = plot({{"", {1, 2, 3, 100}}}, {.y_min = 0, .y_max = 4});
  CHECK(count(cut, curve_colors[0], 0, 26) == 0);
  CHECK(count(cut, curve_colors[0]) > 1000);
  CHECK(cut.rgb != all.rgb);
  for (PlotOptions options : {PlotOptions{.y_min = 1000}, PlotOptions{.y_max = -1000}, PlotOptions{.y_max = 0}}) {
    CHECK(count(plot({{"", {1, 2, 3}}}, options), curve_colors[0]) == 0);
  }
  // Where the one end that is given lies beyond all values, the other one is a tenth of it away, at least 1.
  const auto axis = [](const PlotOptions& options) { return plot({{"", {1, 2, 3}}}, options).rgb; };
  CHECK(axis({.y_min = 1000}) == axis({.y_min = 1000, .y_max = 1100}));
  CHECK(axis({.y_max = -1000}) == axis({.y_min = -1100, .y_max = -1000}));
  CHECK(axis({.y_max = 0}) == axis({.y_min = -1, .y_max = 0}));
  CHECK(axis({.y_min = 3.1}) == axis({.y_min = 3.1, .y_max = 4.1}));  // where the axis would end
  CHECK(axis({.y_min = 1.5}) == axis({.y_min = 1.5, .y_max = 3.1}));
  CHECK(axis({.y_max = 2.5}) == axis({.y_min = 0.9, .y_max = 2.5}));
}

TEST_CASE("values of any size, and none at all, give a picture") {
  const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  const std::vector<Numbers> cases{
      {0, 0, 0},        {-most, most}, {1e300, -1e300},   {least, 2 * least},    {1, 1 + 1e-15}, {-5, -5},
      {1e-280, 2e-280}, {nan_value},   {1e17, 1e17 + 16}, {infinite, -infinite}, {1e20, 1e20},   {-1e-300, 1e300}};
  for (const Numbers& y : cases) {
    INFO(y[0]);
    CHECK(message({{"y", y}}) == "no error");
    CHECK(message({{"xy", y, y}}) == "no error");
    CHECK(message({{"xy", y, y}}, {.log_x = true, .log_y = true}) == "no error");
  }
}

TEST_CASE("many curves, long names and long titles stay within the picture") {
  std::vector<Curve> curves;
  for (int i = 0; i < 30; ++i) curves.push_back({"curve number " + std::to_string(i), {1.0 * i, 2.0 * i}});
  curves.push_back({std::string(5000, 'x'), {1, 2}});
  const std::string endless(5000, 'W');
  const Image image = plot(curves, {.title = endless, .x_label = endless, .y_label = endless, .height = 1000});
  for (int x = 0; x < image.width; ++x) {
    CHECK(image.pixel(x, 3) == white);
    CHECK(image.pixel(x, image.height - 3) == white);
  }
  for (int y = 0; y < image.height; ++y) {
    CHECK(image.pixel(3, y) == white);
    CHECK(image.pixel(image.width - 3, y) == white);
  }
}

TEST_CASE("errors name the values") {
  CHECK(message({}) == "plot: expected at least 1 curve, received none");
  CHECK(message({{"train", {}}}) == "plot: the curve \"train\" has no values");
  CHECK(message({{"train", {1, 2, 3}, {1, 2}}}) == "plot: the curve \"train\" has 2 x values but 3 y values");
  CHECK(message({{"a", {1}}}, {.width = 10}) ==
        "plot: a text size of 15 needs at least 300 x 225 pixels, received 10 x 750");
  for (const int size : {5, 101})
    CHECK(message({{"a", {1}}}, {.text_size = size}) ==
          text("plot: expected a text size of 6 to 100 pixels, received ", size));
  CHECK(message({{"a", {1}}}, {.width = 120, .height = 90, .text_size = 6}) == "no error");
  CHECK(message({{"a", {1}}}, {.width = 119, .height = 90, .text_size = 6}) ==
        "plot: a text size of 6 needs at least 120 x 90 pixels, received 119 x 90");
  CHECK(message({{"a", {1}}}, {.width = 120, .height = 89, .text_size = 6}) ==
        "plot: a text size of 6 needs at least 120 x 90 pixels, received 120 x 89");
  CHECK(message({{"a", {1}}}, {.width = 2000, .height = 1500, .text_size = 100}) == "no error");
  CHECK(message({{"a", {1}}}, {.y_min = 1, .y_max = 1}) == "plot: expected y_min < y_max, received 1 and 1");
  CHECK(message({{"a", {1}}}, {.y_max = infinite}) == "plot: expected y_min < y_max, received nan and inf");
  CHECK(message({{"a", {1e-5, 123456.25}}}, {.width = 120, .height = 100, .text_size = 6}) == "no error");
  CHECK(message({{"a", {1}}}, {.y_min = 2, .y_max = 1}) == "plot: expected y_min < y_max, received 2 and 1");
  CHECK(message({{"a", {1}}}, {.y_min = nan_value}).find("expected y_min < y_max") != std::string::npos);
  CHECK(message({{"a", {1}}}, {.width = 1000000, .height = 1000000}).find("received 1000000 x 1000000") !=
        std::string::npos);
  CHECK(message(std::vector<Curve>(500, Curve{"a rather long name", {1}})) == "no error");
}

TEST_CASE("a quantity that was not recorded: those that were") {
  struct {
    std::map<std::string, std::vector<double>> history{{"accuracy", {1}}, {"loss", {1}}};
  } recorded;
  CHECK_THROWS_WITH_AS((void)plot(recorded, {}, "acc"),
                       "plot: expected a history of \"acc\", received one of accuracy, loss", std::invalid_argument);
}
