// Drawings of networks by hand: where boxes and lines are.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <latent/report/network.hpp>
#include <map>

#include "numbers.hpp"

using namespace latent;

TEST_CASE("where the boxes of a drawing are, how wide they are, and where lines that skip rows go") {
  const auto node = [](const char* name, const char* class_name, Index values, std::vector<int> reads) {
    report::NetworkNode made{name, class_name, "", ""};
    made.values = values, made.reads = std::move(reads);
    return made;
  };
  const std::string long_name(40, 'd'), long_shape(60, '9');
  std::vector<report::NetworkNode> nodes{node("in0", "InputLayer", 8, {}),
                                         node("in1", "InputLayer", 4, {}),
                                         node("a", "Dense", 2, {1}),
                                         node("b", "Dense", 1, {2}),
                                         node("c", "Concatenate", 16, {3, 0}),
                                         node("in2", "InputLayer", 4, {}),
                                         node(long_name.c_str(), "Dense", 8, {4}),
                                         node("e", "Add", 8, {6, 5}),
                                         node("f", "Add", 8, {5, 7, 4})};
  nodes[7].shape = long_shape;
  nodes[7].parameters = 1;  // "  ·  1 parameters"
  // An Input after the first is right above its first reader.
  const std::vector<int> rows{0, 0, 1, 2, 3, 4, 4, 5, 6};
  std::vector<double> widths;  // 130 to 430 by the logarithm of the values, but room for the words
  for (const auto& each : nodes) widths.push_back(130 + 300 * std::log2(each.values) / 4);
  widths[6] = 7.4 * 40 + 6.6 * 5 + 8 + 26, widths[7] = 6.6 * (60 + 17) + 26;
  std::vector<double> of_row(7, -26.0);
  for (std::size_t i = 0; i < 9; ++i) of_row[static_cast<std::size_t>(rows[i])] += widths[i] + 26;
  const double widest = *std::max_element(of_row.begin(), of_row.end()), right = 3 + widest;
  std::vector<double> x, y;
  for (std::size_t i = 0; i < 9; ++i) {
    const bool second = i > 0 && rows[i] == rows[i - 1];
    x.push_back(second ? x.back() + widths[i - 1] + 26 : 3 + (widest - of_row[static_cast<std::size_t>(rows[i])]) / 2);
    y.push_back(3 + 72.0 * rows[i]);
  }
  const std::string svg = report::NetworkDrawing(nodes).svg("label");
  const auto all = [&](const std::string& start) {
    std::vector<std::vector<double>> found;
    for (std::size_t at = svg.find(start); at != std::string::npos; at = svg.find(start, at + 1))
      found.push_back(numbers(svg.substr(at, svg.find('>', at) - at)));
    return found;
  };
  const auto near = [](double value) { return doctest::Approx(value).epsilon(0.06 / value); };
  const auto boxes = all("<rect class=\"box\"");
  REQUIRE(boxes.size() == 9);
  for (std::size_t i = 0; i < 9; ++i) {
    CAPTURE(i);
    CHECK(boxes[i][0] == near(x[i]));
    CHECK(boxes[i][1] == near(y[i]));
    CHECK(boxes[i][2] == near(widths[i]));
    CHECK(boxes[i][3] == 46);
  }
  // Two lanes of 16 pixels, for 4 to 6 and 0 to 3, and for 3 to 6.
  CHECK(svg.starts_with(
      text("<svg viewBox=\"0 0 ", static_cast<long>(right + 3 + 22 + 2 * 16), " ", 2 * 3 + 7 * 72 - (72 - 46), "\" ")));
  CHECK(all("<path class=\"edge\"").size() == 7);
  const auto skips = all("<path class=\"edge skip\"");
  const std::vector<std::array<std::size_t, 3>> expected{{5, 8, 0}, {0, 4, 0}, {4, 8, 1}};  // from, to, lane
  REQUIRE(skips.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [from, to, lane] = expected[i];
    const double across = right + 18 + 16 * static_cast<double>(lane), down = y[from] + 29, end = y[to] + 17;
    // M x0 y0 H across - 9, a quarter of a circle, V end - 9, another one, H x1
    CHECK(skips[i][0] == near(x[from] + widths[from]));
    CHECK(skips[i][1] == near(down));
    CHECK(skips[i][2] == near(across - 9));
    CHECK(skips[i][7] == near(end - 9));
    CHECK(skips[i].back() == near(x[to] + widths[to] + 7));
  }
  CHECK(svg.find("  ·  1 parameters</text>") != std::string::npos);
  // The second of all is an Input, too; a skip that begins where another one ends has another lane.
  const std::string small =
      report::NetworkDrawing({node("in0", "InputLayer", 1, {}), node("in1", "InputLayer", 1, {}),
                              node("a", "Dense", 1, {0}), node("b", "Add", 1, {2, 0}), node("c", "Dense", 1, {3}),
                              node("d", "Dense", 1, {4}), node("e", "Add", 1, {1, 5, 3})})
          .svg("");
  CHECK(small.find("y=\"291.0\"") != std::string::npos);  // in1 beside d, in row 4
  CHECK(small.starts_with(text("<svg viewBox=\"0 0 ", 280 + 26 + 280 + 2 * 3 + 22 + 2 * 16, " ")));
  // All alike: the mean width.
  const std::string alone = report::NetworkDrawing({node("a", "Dense", 1, {})}).svg("");
  CHECK(alone.find("width=\"280.0\" height=\"46.0\"") != std::string::npos);
  CHECK(alone.starts_with("<svg viewBox=\"0 0 286 52\" "));
}

TEST_CASE("the kinds of layers, which have colours of their own") {
  for (const auto& [kind, names] : std::map<std::string, std::vector<const char*>>{
           {"input", {"InputLayer"}},
           {"size", {"MaxPooling2D", "UpSampling2D", "ZeroPadding2D", "Cropping2D", "Flatten", "Reshape", "Permute"}},
           {"conv", {"Conv2D", "DepthwiseConv2D"}},
           {"dense", {"Dense"}},
           {"chance", {"Dropout", "GaussianNoise", "Sampling"}},
           {"join", {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}},
           {"norm", {"BatchNormalization", "Activation"}}})
    for (const char* name : names) CHECK_MESSAGE(report::kind_of_layer(name) == kind, name);
}
