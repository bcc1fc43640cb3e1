#include "random_batch.hpp"

using namespace latent;

TEST_CASE("MaxPooling2D: gradients") {
  expect_right_gradients<Input<6, 5, 3>, MaxPooling2D<2>>();
  expect_right_gradients<Input<7, 5, 17>, MaxPooling2D<3, Strides<2>, Same>>();
  expect_right_gradients<Input<6, 7, 2>, MaxPooling2D<Size{2, 3}, Strides<1>>>();
  // Gaps between the windows, along one axis or both, and rows and columns that are in no window.
  expect_right_gradients<Input<6, 8, 3>, MaxPooling2D<2, Strides<2, 3>>>();
  expect_right_gradients<Input<8, 6, 3>, MaxPooling2D<2, Strides<3, 2>>>();
  expect_right_gradients<Input<7, 8, 1>, MaxPooling2D<2, Strides<3>>>();
  expect_right_gradients<Input<7, 6, 2>, MaxPooling2D<2>>();
  expect_right_gradients<Input<6, 7, 2>, MaxPooling2D<2>>();
  expect_right_gradients<Input<5, 5, 2>, MaxPooling2D<2, Same>>();
  expect_right_gradients<Input<6, 6, 2>, MaxPooling2D<3, Strides<3, 2>>>();
  expect_right_gradients<Input<6, 6, 2>, MaxPooling2D<3, Strides<2, 3>>>();
}

TEST_CASE("AveragePooling2D: gradients") {
  expect_right_gradients<Input<6, 4, 3>, AveragePooling2D<2>>();
  expect_right_gradients<Input<5, 7, 17>, AveragePooling2D<2>>();  // the last row and column are in no window
  expect_right_gradients<Input<5, 7, 2>, AveragePooling2D<3, Strides<2>, Same>>();
  expect_right_gradients<Input<7, 8, 1>, AveragePooling2D<2, Strides<3>>>();  // gaps between the windows
  expect_right_gradients<Input<6, 5, 2>, AveragePooling2D<Size{2, 3}, Strides<1, 2>>>();
  expect_right_gradients<Input<2, 2, 3>, AveragePooling2D<4, Same>>();  // one window, more padding than image
}

TEST_CASE("AveragePooling2D: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<6, 6, 2>, Conv2D<3, 3, Same, Sigmoid>, AveragePooling2D<2>, Conv2D<2, 3, Same, Tanh>,
                         AveragePooling2D<2, Strides<1>>, Flatten, Dense<3>>();
}

TEST_CASE("AveragePooling2D: padding is not counted") {
  const Model<double, Input<3, 3, 1>, AveragePooling2D<2, Same>> layer;
  Tensor<4, double> x(1, 3, 3, 1);
  for (Index i = 0; i < 9; ++i) x.data()[i] = static_cast<double>(i);
  const auto y = layer.predict(x);
  CHECK(y(0, 0, 0, 0) == 2);    // (0 + 1 + 3 + 4) / 4
  CHECK(y(0, 0, 1, 0) == 3.5);  // (2 + 5) / 2
  CHECK(y(0, 1, 0, 0) == 6.5);
  CHECK(y(0, 1, 1, 0) == 8);
}

TEST_CASE("GlobalAveragePooling2D: gradients and shapes") {
  expect_right_gradients<Input<5, 3, 17>, GlobalAveragePooling2D<>>();
  expect_right_gradients<Input<1, 1, 3>, GlobalAveragePooling2D<>, Dense<2>>();
  expect_right_gradients<Input<4, 5, 2>, Conv2D<3, 3, Same, Sigmoid>, GlobalAveragePooling2D<KeepDims>,
                         Conv2D<2, 3, Same>>();
  using Row = Sequential<Input<4, 5, 2>, GlobalAveragePooling2D<>>;
  using Image = Sequential<Input<4, 5, 2>, GlobalAveragePooling2D<KeepDims>>;
  CHECK(std::is_same_v<Row::output_shape, Shape<2>>);
  CHECK(std::is_same_v<Image::output_shape, Shape<1, 1, 2>>);
}
