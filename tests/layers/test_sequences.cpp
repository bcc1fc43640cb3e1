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

TEST_CASE("The other layers for sequences: gradients, on even and odd sequences") {
  expect_right_gradients<Input<5, 3>, Conv1DTranspose<4, 3>>();
  expect_right_gradients<Input<4, 3>, Conv1DTranspose<17, 3, Same, Strides<2>, Tanh>>();
  expect_right_gradients<Input<4, 16>, Conv1DTranspose<2, 2, Strides<3>, NoBias>>();
  expect_right_gradients<Input<4, 3>, Conv1DTranspose<2, 4, Strides<2>, OutputPadding<1>>>();
  expect_right_gradients<Input<7, 17>, AveragePooling1D<2>>();
  expect_right_gradients<Input<7, 3>, AveragePooling1D<3, Same, Strides<2>>>();
  expect_right_gradients<Input<5, 17>, GlobalAveragePooling1D<>>();
  expect_right_gradients<Input<5, 3>, GlobalMaxPooling1D<KeepDims>>();
  expect_right_gradients<Input<5, 3>, ZeroPadding1D<0, 2>>();
  expect_right_gradients<Input<5, 17>, Cropping1D<2, 1>>();
  expect_right_gradients<Input<5, 17>, SpatialDropout1D<0.4>>();
}

TEST_CASE("Conv1DTranspose: strides and output padding are steps, and the row stays one") {
  using Same2 = Model<double, Input<8, 4>, Conv1DTranspose<6, 7, Same, Strides<2>>>;
  CHECK(std::is_same_v<Same2::output_shape, Shape<16, 6>>);
  CHECK(std::is_same_v<Model<double, Input<8, 4>, Conv1DTranspose<6, 3, Strides<2>>>::output_shape, Shape<17, 6>>);
  using Longer = Model<double, Input<8, 4>, Conv1DTranspose<6, 3, Strides<2>, OutputPadding<1>>>;
  CHECK(std::is_same_v<Longer::output_shape, Shape<18, 6>>);
  const Same2 model;
  CHECK(model.parameters()[0].name + shape_text(model.parameters()[0].shape) == "conv1d_transpose/kernel(7, 6, 4)");

  // A step adds its kernel to the steps from 2 p on.
  Model<double, Input<2, 1>, Conv1DTranspose<1, 3, Strides<2>>> layer;
  std::copy_n(std::array{1.0, 10.0, 100.0}.data(), 3, layer.parameters()[0].data);
  Tensor<3, double> x(1, 2, 1);
  x.setValues({{{1}, {2}}});
  const auto y = layer.predict(x);
  CHECK(std::vector<double>(y.data(), y.data() + y.size()) == std::vector<double>{1, 10, 102, 20, 200});
}

TEST_CASE("An auto-encoder of sequences, Keras's example of anomalies: every layer's borders and the shapes") {
  expect_right_gradients<Input<16, 1>, Conv1D<8, 7, Same, Strides<2>, ReLU>, SpatialDropout1D<0.2>,
                         Conv1D<4, 7, Same, Strides<2>, Tanh>, Conv1DTranspose<4, 7, Same, Strides<2>, Tanh>,
                         Cropping1D<>, ZeroPadding1D<>, Conv1DTranspose<1, 7, Same, Strides<2>>, AveragePooling1D<2>,
                         GlobalAveragePooling1D<>>();
  const Sequential<Input<8, 3>, GlobalMaxPooling1D<KeepDims>, ZeroPadding1D<1, 2>> model;
  CHECK(std::is_same_v<decltype(model)::output_shape, Shape<4, 3>>);
  CHECK(std::is_same_v<Sequential<Input<8, 3>, GlobalAveragePooling1D<>>::output_shape, Shape<3>>);
}

TEST_CASE("SpatialDropout1D: a channel of a sample is dropped at all steps, or at none") {
  Model<double, Input<6, 50>, SpatialDropout1D<0.5>> layer;
  Tensor<3, double> x(4, 6, 50);
  x.setConstant(1);
  CHECK(layer.predict(x)(3, 5, 49) == 1);
  const auto y = layer.call(x, {.training = true});
  std::size_t dropped = 0;
  for (Index n = 0; n < 4; ++n)
    for (Index c = 0; c < 50; ++c) {
      dropped += y(n, 0, c) == 0;
      for (Index step = 0; step < 6; ++step) {
        CHECK((y(n, step, c) == 0 || y(n, step, c) == 2));
        CHECK(y(n, step, c) == y(n, 0, c));
      }
    }
  CHECK(dropped > 60);
  CHECK(dropped < 140);
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
