// Fork and Channels: several heads on one input, and a part of an input passed on.
#include "random_batch.hpp"

using namespace latent;

TEST_CASE("gradients of heads of all kinds, on vectors and on images") {
  expect_right_gradients<Input<5>, Dense<4, Tanh>, Fork<Dense<3>, Dense<2>>, Dense<2>>(7);
  expect_right_gradients<Input<5>, Fork<Dense<3, Sigmoid>, Dense<4, Softmax>, Channels<1, 2>, Dense<2>>>(7);
  expect_right_gradients<Input<4, 4, 2>, Conv2D<3, 3, Same>, Fork<Flatten, GlobalAveragePooling2D<>>, Dense<3>>(3);
  expect_right_gradients<Input<5>, Fork<Dense<3, Tanh>>, Fork<Channels<2, 1>, Dense<2, NoBias>>>(2);
}

TEST_CASE("Channels passes on some channels of every pixel") {
  Sequential<Input<2, 2, 3>, Channels<1, 2>> model;
  Tensor<4> x(1, 2, 2, 3);
  for (Index i = 0; i < 12; ++i) x.data()[i] = static_cast<float>(i);
  const auto y = model.predict(x);
  const float expected[] = {1, 2, 4, 5, 7, 8, 10, 11};
  for (Index i = 0; i < 8; ++i) CHECK(y.data()[i] == expected[i]);
  expect_right_gradients<Input<3, 2, 4>, Channels<0, 3>, Conv2D<2, 3, Same>, Channels<1, 1>>(2);
}

TEST_CASE("a fork computes what its branches compute apart, under their names") {
  using Both = Sequential<Input<6>, Dense<4, ReLU>, Fork<Named<"mean", Dense<2>>, Dense<3, Sigmoid>>>;
  Both both(Seed{1});
  std::vector<std::string> names;
  for (const auto& parameter : both.parameters()) names.push_back(parameter.name);
  CHECK(names == std::vector<std::string>{"dense/kernel", "dense/bias", "mean/kernel", "mean/bias", "dense_1/kernel",
                                          "dense_1/bias"});
  CHECK(both.layer_name(2) == "mean, dense_1");

  Sequential<Input<6>, Dense<4, ReLU>, Named<"mean", Dense<2>>> left;
  Sequential<Input<6>, Dense<4, ReLU>, Dense<3, Sigmoid>> right;
  const auto copy = [&](auto& to) {
    for (auto& parameter : to.parameters())
      for (const auto& from : both.parameters())
        if (from.name == parameter.name) std::copy_n(from.data, from.size(), parameter.data);
  };
  copy(left), copy(right);
  const auto x = random_batch<Both>(5);
  const auto y = both.predict(x), y_left = left.predict(x), y_right = right.predict(x);
  for (Index n = 0; n < 5; ++n) {
    for (Index i = 0; i < 2; ++i) CHECK(y(n, i) == doctest::Approx(y_left(n, i)).epsilon(1e-6));
    for (Index i = 0; i < 3; ++i) CHECK(y(n, 2 + i) == doctest::Approx(y_right(n, i)).epsilon(1e-6));
  }
  CHECK_THROWS_WITH_AS((Sequential<Input<6>, Named<"a", Dense<2>>, Fork<Named<"a", Dense<2>>, Dense<3>>>()),
                       "the name \"a\" is given to two layers of a model; names are unique", std::invalid_argument);
}

TEST_CASE("the summary shows what is connected to what") {
  const Sequential<Input<6>, Fork<Named<"left", Dense<2>>, Named<"right", Channels<0, 3>>>, Dense<1>> model;
  const std::string summary = model.summary({.columns = 120});
  CHECK(summary.find("│ left (Dense)") != std::string::npos);
  CHECK(summary.find("left[0][0], right[0][0]") != std::string::npos);
  CHECK(summary.find("Total params: 20 ") != std::string::npos);
}
