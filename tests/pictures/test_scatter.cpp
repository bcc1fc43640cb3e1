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
  const ScatterOptions options{{.title = "Codes", .width = 600, .height = 600}, {}, {}, 9};
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

TEST_CASE("marks are drawn over the points, and widen the axes") {
  const PlotOptions plot{.width = 600, .height = 600};
  const Image image = scatter(corners(), {}, {plot, {}, {{0, 5, "far"}}, 9});
  // The points have moved into the lower half.
  CHECK(count(image, label_colors[0], {0, 0, 600, 300}) == 0);
  CHECK(count(image, black, {250, 0, 200, 100}) > 30);
}

TEST_CASE("points that are not finite are left out, wrong numbers refused") {
  Tensor<2> points = corners();
  points(0, 0) = NAN;
  points(1, 1) = INFINITY;
  CHECK_NOTHROW(scatter(points));
  CHECK(message([] { scatter(Tensor<2>(3, 3)); }) == "scatter: expected points of 2 coordinates, received 3");
  CHECK(message([] { scatter(Tensor<2>(0, 2)); }) == "scatter: expected at least 1 point, received none");
  CHECK(message([] { scatter(corners(), {1, 2}); }) == "scatter: 4 points but 2 labels");
  CHECK(message([] { scatter(corners(), {}, {{.width = 100, .height = 600}, {}, {}, 3}); }).find("needs at least") !=
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

  const Color green{0, 170, 0};
  const Image framed =
      sheet(images, 2, 3,
            {.title = "Sheet", .x_label = "z[0]", .x = {-1, 1}, .y = {-2, 2}, .scale = 8, .frames = {{4, green}}});
  CHECK(count(framed, green, {0, 0, framed.width, framed.height}) == 2 * 40 * 2 + 2 * (32 - 4) * 2);
  CHECK(framed.width > plain.width);
  CHECK(message([&] { sheet(images, 3, 3); }) == "sheet: 3 x 3 images, but the tensor has 6");
  CHECK(message([&] { sheet(images, 0, 3); }) == "sheet: expected at least 1 row and 1 column, received 0 and 3");
  CHECK(message([&] { sheet(images, 1, 3, {.frames = {{3, green}}}); }) == "sheet: a frame for image 3 of 3");
  CHECK(message([] { sheet(Tensor<4>(1, 2, 2, 2), 1, 1); }) == "sheet: expected 1 or 3 channels, received 2");
}

TEST_CASE("a histogram's bars are as high as their share") {
  std::vector<double> values(30, 0.0);
  values.insert(values.end(), 10, 1.0);
  values.push_back(NAN);
  const Image image = histogram(values, {{.width = 600, .height = 500}, 2});
  const int left = count(image, curve_colors[0], quarter(image, false, false)) +
                   count(image, curve_colors[0], quarter(image, false, true));
  const int right = count(image, curve_colors[0], quarter(image, true, false)) +
                    count(image, curve_colors[0], quarter(image, true, true));
  CHECK(left > 0);
  CHECK(static_cast<double>(left + right) / left ==
        doctest::Approx(4.0 / 3).epsilon(0.12));  // the axis is not in the middle
  CHECK_NOTHROW(histogram({2, 2, 2}));
  CHECK(message([] { histogram({NAN}); }) == "histogram: expected at least 1 finite value, received none among 1");
  CHECK(message([] { histogram({1}, {{}, 0}); }) == "histogram: expected 1 to 10000 bins, received 0");
}
