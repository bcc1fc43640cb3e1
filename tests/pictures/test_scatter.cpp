// Scatter plots, sheets and histograms: what is where, in which colour, and what they refuse.
#include <doctest/doctest.h>

#include "latent/pictures.hpp"

using namespace latent;
using namespace latent::pictures;

namespace {

/// Pixels of exactly that colour in a part of the picture.
int count(const Image& image, Color color, Box box) {
  int found = 0;
  for (int y = box.y; y < box.y + box.height; ++y)
    for (int x = box.x; x < box.x + box.width; ++x) found += image.pixel(x, y) == color ? 1 : 0;
  return found;
}
Box quarter(const Image& image, bool right, bool lower) {
  return {right ? image.width / 2 : 0, lower ? image.height / 2 : 0, image.width / 2, image.height / 2};
}

Tensor<2> corners() {
  Tensor<2> points(4, 2);
  points.setValues({{-1, 1}, {1, 1}, {-1, -1}, {1, -1}});
  return points;
}

template <class Call>
std::string message(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("points stand where they belong, in the colours of their labels, with a legend") {
  const ScatterOptions options{.title = "Codes", .width = 600, .height = 600, .point = 9};
  const Image image = scatter(corners(), {0, 1, 2, 3}, options);
  const Box left_half{0, 0, 500, 600};  // without the legend
  for (int label = 0; label < 4; ++label) {
    CAPTURE(label);
    const Color color = label_colors[static_cast<std::size_t>(label)];
    for (int other = 0; other < 4; ++other) {
      Box box = quarter(image, other % 2 == 1, other / 2 == 1);
      box.width = std::min(box.width, left_half.width - box.x);
      if (other == label)
        CHECK(count(image, color, box) > 20);
      else
        CHECK(count(image, color, box) == 0);
    }
    CHECK(count(image, color, {500, 0, 100, 600}) > 40);  // in the legend
  }
  const Image plain = scatter(corners(), {}, options);
  CHECK(count(plain, label_colors[0], {0, 0, 600, 600}) > 80);
  CHECK(count(plain, label_colors[1], {0, 0, 600, 600}) == 0);
}

TEST_CASE("labels of any number have one of ten colours, and their number where there is no name") {
  const Image image = scatter(corners(), {-1, 10, 12, -13}, {.width = 600, .height = 600, .point = 9});
  const std::size_t expected[] = {9, 0, 2, 7};
  for (int i = 0; i < 4; ++i) {
    Box box = quarter(image, i % 2 == 1, i / 2 == 1);
    box.width = std::min(box.width, 500 - box.x);
    CHECK(count(image, label_colors[expected[i]], box) > 20);
  }
  const auto named = [&](const std::vector<std::string>& names) {
    return scatter(corners(), {0, 1, 2, -1}, {.width = 600, .height = 600, .label_names = names, .point = 9}).rgb;
  };
  CHECK(named({"a", "b"}) == named({"a", "b", "2"}));
  CHECK(named({}) == named({"0", "1"}));
  CHECK(named({"a", "b", "c"}) != named({"a", "b"}));
}

TEST_CASE("a legend ends within the picture: of more labels the last are counted; long names are shortened") {
  const auto legend = [](int labels, const std::vector<std::string>& names = {}) {
    std::vector<int> label;
    Tensor<2> points(labels, 2);
    for (int i = 0; i < labels; ++i) label.push_back(i), points(i, 0) = float(i), points(i, 1) = float(i);
    return scatter(points, label, {.label_names = names});
  };
  const auto lowest = [](const Image& image) {  // row of the legend with something in it
    for (int row = image.height - 1;; --row)
      for (int column = image.width - 60; column < image.width; ++column)
        if (image.pixel(column, row) != white) return row;
  };
  CHECK(lowest(legend(47)) < 750 - 15);
  CHECK(lowest(legend(47)) > 750 - 45);
  CHECK(lowest(legend(3)) < 150);
  CHECK_NOTHROW(legend(2, {std::string(150, 'w'), "b"}));
}

TEST_CASE("the axes reach at least as far as is asked for, and from the points to the marks") {
  const auto drawn = [&](const std::vector<Mark>& marks, Range x, Range y) {
    ScatterOptions options{.width = 600, .height = 600, .marks = marks, .point = 9};
    options.least_x = x, options.least_y = y;
    return scatter(corners(), {}, options).rgb;
  };
  CHECK(drawn({}, {}, {}) == drawn({}, {-1, 1}, {-1, 1}));
  CHECK(drawn({}, {-1, 1}, {}) == drawn({}, {}, {-0.5, 0.5}));
  CHECK(drawn({}, {-2, 1}, {}) != drawn({}, {}, {}));
  CHECK(drawn({}, {}, {-1, 2}) != drawn({}, {}, {}));
  CHECK(drawn({}, {}, {-1, 2}) != drawn({}, {-1, 2}, {}));
}

TEST_CASE("marks are drawn over the points, and widen the axes") {
  const Image image = scatter(corners(), {}, {.width = 600, .height = 600, .marks = {{0, 5, "far"}}, .point = 9});
  // The points have moved into the lower half.
  CHECK(count(image, label_colors[0], {0, 0, 600, 300}) == 0);
  CHECK(count(image, black, {250, 0, 200, 100}) > 30);
}

TEST_CASE("the frame reaches to the margin; the name of a mark stays within it; ticks between whole numbers") {
  const ScatterOptions options{.width = 600, .height = 600, .point = 9};
  const Image image = scatter(corners(), {}, options);
  const auto inked = [&](const Image& of, Color color) {  // the last column with it
    int last = 0;
    for (int x = 0; x < 600; ++x)
      if (count(of, color, {x, 0, 1, 600}) > 0) last = x;
    return last;
  };
  CHECK(inked(image, {70, 70, 70}) == 600 - 20 - 15 - 1);
  CHECK(count(image, {226, 226, 226}, {0, 30, 600, 1}) > 4);
  for (std::size_t length = 44; length < 62; ++length) {  // of 4 pixels each
    ScatterOptions marked = options;
    marked.marks = {{0.2, 0, std::string(length, 'i')}};
    CHECK(inked(scatter(corners(), {}, marked), black) < 600 - 20 - 15);
  }
}

TEST_CASE("points that are not finite are left out, wrong numbers refused") {
  Tensor<2> points = corners();
  points(0, 0) = NAN;
  points(1, 1) = INFINITY;
  Tensor<2> two(2, 2);  // the lower ones
  two.setValues({{-1, -1}, {1, -1}});
  CHECK(scatter(points).rgb == scatter(two).rgb);
  for (const double point : {0.0, -5.0, 1001.0, static_cast<double>(NAN)})
    CHECK(message([&] { scatter(corners(), {}, {.point = point}); }) ==
          text("scatter: expected points of 0 to 1000 pixels, 0 excluded, received ", point));
  CHECK(scatter(corners(), {}, {.marks = {{NAN, 0, "nowhere"}}}).rgb == scatter(corners()).rgb);
  points.setConstant(NAN);
  const Image nothing = scatter(points);  // but words in the middle
  CHECK(count(nothing, black, {nothing.width / 3, nothing.height / 3, nothing.width / 3, nothing.height / 3}) > 100);
  CHECK(message([] { scatter(Tensor<2>(4, 3)); }) == "scatter: expected points of 2 coordinates, received 3");
  CHECK(message([] { scatter(Tensor<2>(0, 2)); }) == "scatter: expected at least 1 point, received none");
  CHECK(message([] { scatter(corners(), {1, 2}); }) == "scatter: 4 points but 2 labels");
  CHECK(message([] { scatter(corners(), {}, {.width = 100, .height = 600}); }).find("needs at least") !=
        std::string::npos);
}

TEST_CASE("a sheet has its images side by side, with coordinates and frames") {
  Tensor<4> images(6, 4, 5, 1);
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i / 20) / 10;  // six shades of grey
  const Image plain = sheet(images, 2, 3, {.scale = 2});
  const auto shade = [](int i) {
    return Color{static_cast<std::uint8_t>(i * 25.5 + 0.5), static_cast<std::uint8_t>(i * 25.5 + 0.5),
                 static_cast<std::uint8_t>(i * 25.5 + 0.5)};
  };
  const int left = 20, top = 20;  // the margin
  for (int i = 0; i < 6; ++i) CHECK(count(plain, shade(i), {left + i % 3 * 10, top + i / 3 * 8, 10, 8}) == 80);
  CHECK(plain.width == 30 + 2 * 20);
  // Axes where there is something to stand at them.
  const auto axes = [&](const SheetOptions& options) {
    const Image drawn = sheet(images, 1, 1, options);
    return count(drawn, {70, 70, 70}, {0, 0, drawn.width, drawn.height}) > 0;
  };
  CHECK(!axes({}));
  CHECK(axes({.x_label = "x"}));
  CHECK(axes({.y_label = "y"}));
  CHECK(axes({.x = {2, 2}}));
  CHECK(axes({.y = {2, 2}}));

  const Color green{0, 170, 0};
  const Image framed =
      sheet(images, 2, 3,
            {.title = "Sheet", .x_label = "z[0]", .x = {-1, 1}, .y = {-2, 2}, .scale = 8, .frames = {{4, green}}});
  CHECK(count(framed, green, {0, 0, framed.width, framed.height}) == 2 * 40 * 2 + 2 * (32 - 4) * 2);
  CHECK(framed.width > plain.width);
  CHECK(message([&] { sheet(images, 3, 3); }) == "sheet: 3 x 3 images, but the tensor has 6");
  CHECK(message([&] { sheet(images, 0, 3); }) == "sheet: expected at least 1 row and 1 column, received 0 and 3");
  CHECK(message([&] { sheet(images, 3, 0); }) == "sheet: expected at least 1 row and 1 column, received 3 and 0");
  CHECK(message([&] { sheet(images, 1, 1, {.scale = 257}); }) == "sheet: expected a scale of 0 to 256, received 257");
  CHECK(message([&] { sheet(images, 1, 1, {.scale = -1}); }) == "sheet: expected a scale of 0 to 256, received -1");
  CHECK(sheet(images, 1, 1, {.scale = 256}).width == 40 + 256 * 5);
  const Index many = Index{1} << 32;
  CHECK(message([&] { sheet(images, many, many); }) == "sheet: 4294967296 x 4294967296 images, but the tensor has 6");
  CHECK(message([&] { sheet(Tensor<4>(4, 0, 28, 1), 2, 2); }) ==
        "sheet: expected images of at least 1 x 1 pixel, received 0 x 28");
  CHECK(message([&] { sheet(images, 1, 1, {.x = {2, -2}}); }) ==
        "sheet: expected the lower end of x first, received 2 and -2");
  CHECK(message([&] { sheet(images, 1, 3, {.frames = {{-1, green}}}); }) == "sheet: a frame for image -1 of 3");
  // A frame is a fourteenth of the smaller side, at least 2 pixels.
  for (const auto& [scale, thick] : {std::pair{1, 2}, {8, 2}, {14, 4}})
    CHECK(count(sheet(images, 1, 1, {.scale = scale, .frames = {{0, green}}}), green, {20, 20, 5 * scale, 4 * scale}) ==
          20 * scale * scale - (5 * scale - 2 * thick) * (4 * scale - 2 * thick));
  // The scale that is chosen: 1 to 8, for a sheet of 1000 x 900 pixels.
  const auto size = [](Index height, Index width, Index rows, Index columns) {
    const Image picture = sheet(Tensor<4>(Tensor<4>(rows * columns, height, width, 1).setZero()), rows, columns);
    return std::pair{picture.width - 40, picture.height - 40};
  };
  CHECK(size(4, 5, 2, 3) == std::pair{120, 64});
  CHECK(size(28, 28, 2, 10) == std::pair{840, 168});
  CHECK(size(28, 14, 10, 1) == std::pair{42, 840});
  CHECK(size(2, 1001, 1, 1) == std::pair{1001, 2});
  CHECK(message([&] { sheet(images, 1, 3, {.frames = {{3, green}}}); }) == "sheet: a frame for image 3 of 3");
  CHECK(message([] { sheet(Tensor<4>(1, 2, 2, 2), 1, 1); }) == "sheet: expected 1 or 3 channels, received 2");
}

TEST_CASE("names in the legend may take a third of the width") {
  Tensor<2> points(1, 2);
  points.setConstant(1);
  const auto drawn = [&](std::string name, char last) {
    return scatter(points, {0}, {.width = 720, .label_names = {name + last}}).rgb;
  };
  const std::string fits(18, 'n'), fits_not(40, 'n');
  CHECK(text_width(fits, 15) > 180);
  CHECK(text_width(fits + "o", 15) <= 240);
  CHECK(drawn(fits, 'o') != drawn(fits, 'u'));
  CHECK(drawn(fits_not, 'o') == drawn(fits_not, 'u'));
}

TEST_CASE("a histogram's bars are as high as their share") {
  std::vector<double> values(30, 0.0);
  values.insert(values.end(), 10, 1.0);
  values.push_back(NAN);
  const Image image = histogram(values, {.width = 600, .height = 500, .bins = 2});
  const int left = count(image, curve_colors[0], quarter(image, false, false)) +
                   count(image, curve_colors[0], quarter(image, false, true));
  const int right = count(image, curve_colors[0], quarter(image, true, false)) +
                    count(image, curve_colors[0], quarter(image, true, true));
  CHECK(left > 0);
  CHECK(static_cast<double>(left + right) / left ==
        doctest::Approx(4.0 / 3).epsilon(0.12));  // the axis is not in the middle
  // Both ends of the only value are half of 1 away.
  HistogramOptions three{.width = 600, .height = 500, .bins = 3};
  three.y_label = "share of the values";
  CHECK(histogram({2, 2, 2}, {.width = 600, .height = 500, .bins = 3}).rgb == histogram({2}, three).rgb);
  const Image third = histogram({2}, three);
  CHECK(count(third, curve_colors[0], {0, 0, 240, 500}) == 0);
  CHECK(count(third, curve_colors[0], {240, 0, 200, 500}) > 1000);
  CHECK(count(third, curve_colors[0], {440, 0, 160, 500}) == 0);
  // A bar is at least a pixel wide.
  const Image narrow = histogram({0, 1}, {.width = 600, .height = 500, .bins = 10000});
  CHECK(count(narrow, curve_colors[0], {0, 0, 300, 500}) > 100);
  CHECK(count(narrow, curve_colors[0], {300, 0, 300, 500}) > 100);
  // Ten bars have gaps between them, a thousand, of less than a pixel, have none.
  std::vector<double> even;
  for (int i = 0; i < 1000; ++i) even.push_back(i);
  const auto separate = [&](int bins) {
    const Image picture = histogram(even, {.width = 600, .height = 500, .bins = bins});
    int bars = 0;
    for (int x = 1; x < 600; ++x)
      bars += picture.pixel(x, 400) == curve_colors[0] && !(picture.pixel(x - 1, 400) == curve_colors[0]);
    return bars;
  };
  CHECK(separate(10) == 10);
  CHECK(separate(1000) == 1);
  CHECK(separate(120) == 1);  // 4 or 5 pixels each
  CHECK(separate(70) == 70);  // 6 or 7
  const auto drawn = [](const std::vector<double>& numbers, const std::string& label) {
    HistogramOptions options{.width = 600, .height = 500, .bins = 3};
    options.y_label = label;
    return histogram(numbers, options).rgb;
  };
  CHECK(drawn({1, 2, 3, INFINITY, NAN}, "") == drawn({1, 2, 3}, ""));
  CHECK(drawn({1, 2, 3}, "mine") != drawn({1, 2, 3}, ""));
  // Values that are no whole numbers have ticks at such.
  const Image halves = histogram({0, 1}, {.width = 600, .height = 500, .bins = 2});
  int ticks = 0;
  for (int x = 0; x < 600; ++x) ticks += halves.pixel(x, 30) == Color{226, 226, 226};
  CHECK(ticks > 5);
  // Values that differ by no more than their rounding are one value; so are those that no axis could tell apart.
  for (const double value : {3.0, 1e16, -1e16, 1e290, 5e-310})
    CHECK(histogram({value, value * (1 + 1e-15)}, three).rgb == histogram({value}, three).rgb);
  CHECK(histogram({1e16}, three).rgb != histogram({1e16, 2e16}, three).rgb);
  CHECK(message([] { histogram({1}, {.bins = 10000}); }) == "no error");
  CHECK(message([] { histogram({1}, {.bins = 1}); }) == "no error");
  CHECK(message([] { histogram({1}, {.bins = 10001}); }) == "histogram: expected 1 to 10000 bins, received 10001");
  CHECK(message([] { histogram({NAN}); }) == "histogram: expected at least 1 finite value, received none among 1");
  CHECK(message([] { histogram({1}, {.bins = 0}); }) == "histogram: expected 1 to 10000 bins, received 0");
}
