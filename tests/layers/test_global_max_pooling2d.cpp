#include "random_batch.hpp"

using namespace latent;

TEST_CASE("GlobalMaxPooling2D: gradients and shapes") {
  expect_right_gradients<Input<5, 3, 17>, GlobalMaxPooling2D<>>();
  expect_right_gradients<Input<1, 1, 3>, GlobalMaxPooling2D<>, Dense<2>>();
  expect_right_gradients<Input<4, 5, 2>, Conv2D<3, 3, Same, Sigmoid>, GlobalMaxPooling2D<KeepDims>,
                         Conv2D<2, 3, Same>>();
  using Row = Sequential<Input<4, 5, 2>, GlobalMaxPooling2D<>>;
  using Image = Sequential<Input<4, 5, 2>, GlobalMaxPooling2D<KeepDims>>;
  CHECK(std::is_same_v<Row::output_shape, Shape<2>>);
  CHECK(std::is_same_v<Image::output_shape, Shape<1, 1, 2>>);
}

TEST_CASE("GlobalMaxPooling2D: the largest of each channel; a tie shares its gradient; NaN stays") {
  const Model<double, Input<2, 2, 2>, GlobalMaxPooling2D<>> layer;
  Tensor<4, double> x(1, 2, 2, 2);
  x.setValues({{{{-1, 7}, {-2, 3}}, {{-3, 7}, {-4, 5}}}});
  CHECK(layer.predict(x)(0, 0) == -1);
  CHECK(layer.predict(x)(0, 1) == 7);
  Tensor<2, double> dy(1, 2);
  dy.setValues({{3, 4}});
  const auto dx = layer.backward(x, dy).dx;
  CHECK(std::vector<double>(dx.data(), dx.data() + 8) == std::vector<double>{3, 2, 0, 0, 0, 2, 0, 0});
  x(0, 1, 0, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(layer.predict(x)(0, 1)));
  x.setConstant(-0.0), x(0, 0, 0, 0) = 0;  // of equal ones the first
  CHECK((!std::signbit(layer.predict(x)(0, 0)) && std::signbit(layer.predict(x)(0, 1))));
}
