#include <latent/checks.hpp>
#include <latent/kernels/conv2d_im2col.hpp>
#include <latent/kernels/conv2d_naive.hpp>

#include "random_batch.hpp"

using namespace latent;

TEST_CASE("Conv2D with groups: gradients over its options, on even and odd images") {
  expect_right_gradients<Input<5, 4, 4>, Conv2D<6, 3, Groups<2>>>();
  expect_right_gradients<Input<4, 5, 6>, Conv2D<6, 3, Groups<3>, Same, Tanh>>();
  expect_right_gradients<Input<7, 6, 4>, Conv2D<4, Size{3, 2}, Groups<4>, Strides<2>, Same, NoBias>>();
  expect_right_gradients<Input<6, 7, 4>, Conv2D<2, 3, Groups<2>, Dilation<2>, Softmax>>();
  expect_right_gradients<Input<5, 5, 2>, Conv2D<2, 3, Groups<1>, Same>>();
}

TEST_CASE("Conv2D with groups: on every rung") {
  expect_right_gradients<Input<5, 4, 4>, Conv2D<6, 3, Groups<2>, Same, Kernel<naive>>>();
  expect_right_gradients<Input<5, 4, 4>, Conv2D<6, 3, Groups<2>, Same, Kernel<im2col>>>();
  expect_right_gradients<Input<5, 4, 4>, Conv2D<6, 3, Groups<2>, Same, Kernel<tiled>>>();
  expect_right_gradients<Input<5, 4, 4>, Conv2D<6, 3, Groups<2>, Same, Kernel<winograd>>>();
  // The paths for few filters and for few weights, and the one that the ladder chooses for many of both.
  expect_right_gradients<Input<4, 4, 32>, Conv2D<2, 3, Groups<2>, Same>>(1);
  expect_right_gradients<Input<4, 4, 2>, Conv2D<32, 3, Groups<2>, Same>>(1);
  expect_right_gradients<Input<3, 4, 32>, Conv2D<32, 3, Groups<2>, Same>>(1);
}

TEST_CASE("Conv2D with groups: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<5, 6, 2>, Conv2D<4, 3, Same, Sigmoid>, Conv2D<6, 3, Groups<2>, Same, Tanh>,
                         Conv2D<2, 3, Same, Sigmoid>, Conv2D<4, 3, Groups<2>, Same, Strides<2>, GELU>, Flatten,
                         Dense<3>>();
}

TEST_CASE("Conv2D with groups: what a convolution gives whose kernel is 0 between the groups") {
  Model<double, Input<6, 5, 4>, Conv2D<6, 3, Groups<2>, Same, Tanh, BiasInitializer<Ones>>> grouped(Seed{5});
  Model<double, Input<6, 5, 4>, Conv2D<6, 3, Same, Tanh, BiasInitializer<Ones>, KernelInitializer<Zeros>>> whole;
  const auto part = grouped.parameters()[0], kernel = whole.parameters()[0];
  CHECK(shape_text(part.shape) == "(3, 3, 2, 6)");
  for (Index tap = 0; tap < 9; ++tap)
    for (Index c = 0; c < 2; ++c)
      for (Index f = 0; f < 6; ++f) kernel.data[(tap * 4 + f / 3 * 2 + c) * 6 + f] = part.data[(tap * 2 + c) * 6 + f];
  const auto x = random_batch<decltype(grouped)>(2);
  const auto a = grouped.predict(x), b = whole.predict(x);
  for (Index i = 0; i < a.size(); ++i) REQUIRE(std::abs(a.data()[i] - b.data()[i]) < 1e-13);
}
