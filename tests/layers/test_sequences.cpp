#include "random_batch.hpp"

using namespace latent;

TEST_CASE("Conv1D, MaxPooling1D, UpSampling1D: gradients, on even and odd sequences") {
  expect_right_gradients<Input<7, 3>, Conv1D<4, 3>>();
  expect_right_gradients<Input<8, 3>, Conv1D<4, 4, Same, Strides<2>, Tanh>>();
  expect_right_gradients<Input<7, 2>, Conv1D<3, 3, Same, Dilation<2>, NoBias>>();
  expect_right_gradients<Input<7, 4>, Conv1D<6, 3, Groups<2>, Softmax>>();
  expect_right_gradients<Input<7, 16>, Conv1D<17, 3, Causal>>();
  expect_right_gradients<Input<8, 3>, Conv1D<4, 3, Causal, Strides<3>>>();
  expect_right_gradients<Input<2, 3>, Conv1D<4, 4, Causal, Dilation<2>>>();  // more padding than sequence
  expect_right_gradients<Input<7, 17>, MaxPooling1D<>>();
  expect_right_gradients<Input<7, 3>, MaxPooling1D<3, Same, Strides<2>>>();
  expect_right_gradients<Input<5, 3>, UpSampling1D<>>();
  expect_right_gradients<Input<3, 17>, UpSampling1D<3>>();
}

TEST_CASE("Conv1D, MaxPooling1D, UpSampling1D: in a chain, with each other's borders") {
  expect_right_gradients<Input<8, 3>, Conv1D<4, 3, Same, Tanh>, MaxPooling1D<>, Conv1D<3, 3, Causal, GELU>,
                         UpSampling1D<>, Conv1D<2, 5, Same, Sigmoid>, Flatten, Dense<3>>();
}

TEST_CASE("Conv1D: shapes, and the kernel's without an axis of rows") {
  const Sequential<Input<8, 4>, Conv1D<6, 3, Strides<2>, Groups<2>>, UpSampling1D<4>, MaxPooling1D<3>> model;
  CHECK(std::is_same_v<decltype(model)::output_shape, Shape<4, 6>>);
  CHECK(model.parameters()[0].name + shape_text(model.parameters()[0].shape) == "conv1d/kernel(3, 2, 6)");
  CHECK(model.summary().find("max_pooling1d (MaxPooling1D)") != std::string::npos);
  CHECK(model.summary().find("up_sampling1d (UpSampling1D)") != std::string::npos);
}

TEST_CASE("Conv1D: as Keras's example of a causal convolution, no output sees a later input") {
  Model<double, Input<5, 1>, Conv1D<1, 2, Causal, Dilation<2>>> layer;
  layer.parameters()[0].data[0] = 10, layer.parameters()[0].data[1] = 1;
  Tensor<3, double> x(1, 5, 1);
  x.setValues({{{1}, {2}, {3}, {4}, {5}}});
  const auto y = layer.predict(x);
  CHECK(std::vector<double>(y.data(), y.data() + 5) == std::vector<double>{1, 2, 13, 24, 35});
}

TEST_CASE("MaxPooling1D and UpSampling1D: values") {
  const Model<double, Input<5, 2>, MaxPooling1D<2>> pooling;
  const Model<double, Input<2, 2>, UpSampling1D<3>> enlarged;
  Tensor<3, double> x(1, 5, 2);
  x.setValues({{{1, -1}, {2, -2}, {3, -3}, {0, -4}, {9, 9}}});
  const auto y = pooling.predict(x);
  CHECK(std::vector<double>(y.data(), y.data() + y.size()) == std::vector<double>{2, -1, 3, -3});
  const auto z = enlarged.predict(y);
  CHECK(std::vector<double>(z.data(), z.data() + z.size()) ==
        std::vector<double>{2, -1, 2, -1, 2, -1, 3, -3, 3, -3, 3, -3});
}
