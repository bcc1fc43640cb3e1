#include "random_batch.hpp"

using namespace latent;

TEST_CASE("ZeroPadding2D and Cropping2D: gradients") {
  expect_right_gradients<Input<3, 2, 3>, ZeroPadding2D<>>();
  expect_right_gradients<Input<3, 2, 3>, ZeroPadding2D<Size{2, 0}>>();
  expect_right_gradients<Input<3, 2, 17>, ZeroPadding2D<Border{.bottom = 1, .left = 2}>>();
  expect_right_gradients<Input<3, 4, 3>, Cropping2D<1>>();
  expect_right_gradients<Input<5, 2, 3>, Cropping2D<Size{2, 0}>>();
  expect_right_gradients<Input<5, 2, 2>, Cropping2D<Border{.bottom = 1, .left = 1}>>();
  expect_right_gradients<Input<4, 3, 2>, Conv2D<3, 3, Same, Sigmoid>, ZeroPadding2D<Size{1, 2}>,
                         Conv2D<2, 3, Same, Tanh>, Cropping2D<Border{.top = 1, .right = 3}>, Conv2D<1, 3, Same>>();
}

TEST_CASE("Cropping2D takes off what ZeroPadding2D put on") {
  constexpr Border sides{.top = 1, .bottom = 0, .left = 2, .right = 3};
  const Sequential<Input<3, 4, 2>, ZeroPadding2D<sides>, Cropping2D<sides>> model;
  const auto x = random_batch<decltype(model)>(2);
  const auto y = model.predict(x);
  CHECK(std::equal(x.data(), x.data() + x.size(), y.data()));
}

TEST_CASE("Flatten and Reshape: gradients") {
  expect_right_gradients<Input<2, 3, 2>, Flatten, Dense<3>>();
  expect_right_gradients<Input<12>, Reshape<2, 3, 2>, Conv2D<2, 3, Same>>();
}
