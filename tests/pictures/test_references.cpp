// Whole pictures, see expect_picture.hpp. (Those of grids and bars are in test_grid.cpp and test_bars.cpp.)
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "latent/pictures/beside.hpp"
#include "latent/pictures/font.hpp"
#include "latent/pictures/heat_map.hpp"
#include "latent/pictures/histogram.hpp"
#include "latent/pictures/image.hpp"
#include "latent/pictures/plot.hpp"
#include "latent/pictures/scatter.hpp"
#include "latent/pictures/sheet.hpp"
#include "pictures/expect_picture.hpp"

using namespace latent;
using namespace latent::pictures;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::vector<double> waves(int count, double shift, double height) {
  std::vector<double> y;
  for (int i = 0; i < count; ++i) y.push_back(height * std::sin(0.4 * i + shift) + 0.02 * i);
  return y;
}

}  // namespace

TEST_CASE("curves") {
  expect_picture(
      "curves",
      plot({{"train", waves(40, 0, 1)}, {"validation", waves(30, 1, 0.5)}},
           {.title = "Loss of 2 parts (α < 1)", .x_label = "epoch", .y_label = "loss", .width = 420, .height = 300}));
  std::vector<double> gaps = waves(20, 2, 300);
  gaps[4] = gaps[5] = gaps[9] = none;
  expect_picture("curves_cut",
                 plot({{"a", gaps, {}}, {"", {1, 2, -400}, {-3, 0, 4}}, {"b", {50}, {7.5}}},
                      {.y_label = "y", .width = 300, .height = 260, .y_min = -200, .y_max = 150, .text_size = 12}));
  std::vector<Curve> many;
  for (int i = 0; i < 9; ++i)
    many.push_back({"curve " + std::string(static_cast<std::size_t>(i), 'm'), {0.001 * i, 0.004 - 0.0002 * i}});
  expect_picture("curves_many", plot(many, {.title = "A title that is too long for so narrow a picture as this one",
                                            .x_label = "x",
                                            .width = 360,
                                            .height = 380,
                                            .text_size = 9}));
}

TEST_CASE("large text") {
  expect_picture("curves_large",
                 plot({{"first", {1, -2, 3}}, {"second", {2, 2, none, -1}, {-1, 2, 3, 5}}},
                      {.x_label = "x", .y_label = "value", .width = 700, .height = 520, .text_size = 32}));
  SheetOptions options{.y_label = "z", .y = {0, 100}, .scale = 30, .text_size = 24};
  expect_picture("sheet_column", sheet(images(3, 1), 3, 1, options));
  options.title = "wider than the images", options.x = {-1, 3}, options.y = {};
  expect_picture("sheet_row", sheet(images(2, 1), 1, 2, options));
  expect_picture("heat_map_wide",
                 heat_map(Tensor<2>(Tensor<2>(1, 2).setConstant(-1)),
                          {.title = "A title that is wider", .columns = {"a wide label", ""}, .cell = 30}));
}

TEST_CASE("points") {
  Tensor<2> points(30, 2);
  std::vector<int> labels;
  for (int i = 0; i < 30; ++i) {
    points(i, 0) = static_cast<float>(std::cos(i) * i), points(i, 1) = static_cast<float>(std::sin(i) * i / 3);
    labels.push_back(i % 4);
  }
  expect_picture(
      "points",
      scatter(points, labels, {.title = "Codes", .x_label = "z[0]", .y_label = "z[1]", .width = 420, .height = 330}));
  ScatterOptions options{.width = 330, .height = 300, .text_size = 12};
  options.label_names = {"null", "eins", "zwei", "drei"}, options.marks = {{40, 2, "far"}, {0, 0, "middle"}};
  options.point = 6, options.least_y = {-20, 5};
  expect_picture("points_marks", scatter(points, labels, options));
}

TEST_CASE("sheets") {
  SheetOptions options{
      .title = "Manifold", .x_label = "z[0]", .y_label = "z[1]", .x = {-2, 2}, .y = {-1, 3}, .scale = 12};
  options.frames = {{0, {213, 94, 0}}, {7, {0, 90, 160}}};
  expect_picture("sheet", sheet(images(12, 1), 3, 4, options));
  expect_picture("sheet_plain", sheet(images(12, 3), 2, 6));
}

TEST_CASE("tables and histograms") {
  Tensor<2> table(2, 3);
  table.setValues({{0, 5, -2.5f}, {10, static_cast<float>(none), 1}});
  expect_picture("heat_map", heat_map(table, {.title = "Table",
                                              .row_title = "true",
                                              .column_title = "predicted",
                                              .rows = {"cat", "dog"},
                                              .decimals = 1,
                                              .cell = 40}));
  expect_picture("heat_map_numbers", heat_map(table, {.cell = 30, .text_size = 9}));
  HistogramOptions options;
  options.title = "Values", options.x_label = "value", options.width = 320, options.height = 250, options.bins = 7;
  expect_picture("histogram", histogram(waves(100, 0, 1), options));
  expect_picture("beside", beside({Image(20, 30, {255, 0, 0}), Image(40, 10, {0, 0, 255}), Image(5, 20, {0, 0, 0})}));
}

TEST_CASE("all letters, lines and alignments") {
  Image image(420, 150);
  draw_text(image, {10, 30}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", {});
  draw_text(image, {10, 60}, "abcdefghijklmnopqrstuvwxyz", {});
  draw_text(image, {10, 90}, "0123456789 .,:;!?()[]{}<>", {.size = 12});
  draw_text(image, {10, 110}, "+-*/=_|\\^~`'\"@#$%& äαß", {.size = 9, .color = {200, 0, 0}});
  draw_text(image, {400, 110}, "right", {.align = Align::right});
  draw_text(image, {320, 140}, "centre", {.align = Align::center});
  draw_text(image, {410, 70}, "upward", {.size = 9, .upward = true});
  draw_lines(image, {{{20, 130}, {60, 145}, {100, 125}}, {{150, 135}}}, {.width = 5, .color = {0, 114, 178}});
  draw_lines(image, {{{120, 120}, {none, 0}, {180, 148}, {240, 120}}}, {.width = 1.5, .clip = {150, 100, 60, 45}});
  fill_rectangle(image, {260, 120, 15, 20}, {0, 158, 115});
  expect_picture("letters", image);
}
