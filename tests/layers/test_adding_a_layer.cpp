// The layer of docs/adding_a_layer.md works, and the document shows the code that is tested here.
#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/latent.hpp>

#include "latent/core/files.hpp"
#include "layers/example_join.hpp"
#include "layers/example_layer.hpp"

using namespace latent;

namespace {
template <class AnyTensor>
void fill(AnyTensor& x) {
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<typename AnyTensor::Scalar>(Random(Seed{1}, Purpose::test).normal(i));
}
}  // namespace

TEST_CASE("Gain: its gradients are the derivatives of its forward pass") {
  Model<double, Input<3, 4, 2>, Gain> model;
  Tensor<4, double> x(2, 3, 4, 2);
  x.setRandom();
  CHECK_MESSAGE(check_gradients(model, x), check_gradients(model, x));
}

TEST_CASE("Gain: in a chain, between layers that want a border of zeros and on rows") {
  Model<double, Input<3, 4, 2>, Conv2D<3, 3, Same, Tanh>, Gain, Conv2D<2, 3, Same>, Flatten, Gain, Dense<5>, Gain>
      model;
  for (auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i) parameter.data[i] += 0.1 * static_cast<double>(i % 7 - 3);
  Tensor<4, double> x(2, 3, 4, 2);
  fill(x);
  const auto report = check_gradients(model, x);
  CHECK_MESSAGE(report.passed, report);
}

TEST_CASE("Gain: by hand") {
  Model<double, Input<2>, Gain> layer;
  layer.parameters()[0].data[0] = 1, layer.parameters()[0].data[1] = 2;
  Tensor<2, double> x(1, 2), dy(1, 2);
  x.setValues({{10, 100}});
  dy.setValues({{1, 0.5}});
  const auto y = layer.predict(x);
  CHECK(y(0, 0) == 20);
  CHECK(y(0, 1) == 300);
  const auto gradients = layer.backward(x, dy);
  CHECK(gradients["gain/gain"] == std::vector<double>{10, 50});
  CHECK(gradients.dx(0, 0) == 2);
  CHECK(gradients.dx(0, 1) == 1.5);
}

TEST_CASE("Gain: it learns the factor of each channel") {
  Sequential<Input<2, 2, 3>, Gain> model;
  Tensor<4> x(16, 2, 2, 3), y(16, 2, 2, 3);
  fill(x);
  for (Index i = 0; i < x.size(); ++i) y.data()[i] = x.data()[i] * static_cast<float>(i % 3);
  compile(model, Adam{.learning_rate = 0.05}, MeanSquaredError{}).fit(x, y, {.epochs = 200, .verbose = {}});
  for (Index c = 0; c < 3; ++c) CHECK(std::abs(1 + model.parameters()[0].data[c] - static_cast<float>(c)) < 1e-3f);
}

TEST_CASE("Gate: two values, both of which get their gradients") {
  Model<double, Input<3, 4, 2>, Named<"open", Conv2D<2, 3, Same, Sigmoid>>, Conv2D<2, 3, Same>, Gate<"open">> model;
  Tensor<4, double> x(2, 3, 4, 2);
  x.setRandom();
  CHECK_MESSAGE(check_gradients(model, x), check_gradients(model, x));
}

TEST_CASE("Gate: by hand, on two inputs") {
  const Model<double, Named<"open", Input<2>>, Named<"x", Input<2>>, Gate<"open">> layer;
  Tensor<2, double> gate(1, 2), x(1, 2), dy(1, 2);
  gate.setValues({{0.5, 2}}), x.setValues({{10, 100}}), dy.setValues({{1, 3}});
  const auto y = layer.predict({gate, x});
  CHECK(y(0, 0) == 5);
  CHECK(y(0, 1) == 200);
  const auto [d_gate, dx] = layer.backward({gate, x}, dy).dx;
  CHECK(d_gate(0, 1) == 300);
  CHECK(dx(0, 1) == 6);
}

TEST_CASE("docs/adding_a_layer.md shows these layers whole and this test's code") {
  const std::string folder = LATENT_SOURCE_DIR, document = read_file(folder + "/docs/adding_a_layer.md");
  const std::string layer = read_file(folder + "/tests/layers/example_layer.hpp");
  const std::string join = read_file(folder + "/tests/layers/example_join.hpp");
  const std::string test = read_file(folder + "/tests/layers/test_adding_a_layer.cpp");
  const std::string opening = "```cpp\n";
  int blocks = 0, whole = 0;
  for (std::size_t at = document.find(opening); at != std::string::npos; at = document.find(opening, at)) {
    at += opening.size();
    const std::string block = document.substr(at, document.find("```", at) - at);
    CAPTURE(block);
    whole += block == layer || block == join;
    CHECK((block == layer || block == join || test.find(block) != std::string::npos));
    ++blocks;
  }
  CHECK(whole == 2);
  CHECK(blocks == 4);
}
