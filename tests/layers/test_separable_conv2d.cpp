#include "random_batch.hpp"

using namespace latent;

TEST_CASE("SeparableConv2D: gradients over its options, on even and odd images") {
  expect_right_gradients<Input<5, 4, 3>, SeparableConv2D<4, 3>>();
  expect_right_gradients<Input<4, 5, 17>, SeparableConv2D<3, 3, Same, Tanh>>();
  expect_right_gradients<Input<6, 7, 2>, SeparableConv2D<9, Size{2, 3}, Same, Strides<2>, NoBias>>();
  expect_right_gradients<Input<7, 6, 3>, SeparableConv2D<2, 3, Dilation<2>, Same, Softmax>>();
  expect_right_gradients<Input<5, 5, 2>, SeparableConv2D<3, 3, DepthMultiplier<3>, Same, Sigmoid>>(3);
  expect_right_gradients<Input<7, 8, 2>, SeparableConv2D<3, 2, Strides<3>, DepthMultiplier<2>>>();
}

TEST_CASE("SeparableConv2D: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<5, 6, 2>, Conv2D<3, 3, Same, Sigmoid>, SeparableConv2D<4, 3, Same, Tanh>,
                         Conv2D<2, 3, Same, Sigmoid>, SeparableConv2D<3, 3, Same, Strides<2>, GELU>, Flatten,
                         Dense<3>>();
}

TEST_CASE("SeparableConv2D: a DepthwiseConv2D and a Conv2D of 1 x 1 pixels, one after the other") {
  const Model<double, Input<6, 5, 3>,
              SeparableConv2D<4, 3, Same, Strides<2>, DepthMultiplier<2>, Tanh, BiasInitializer<Ones>>>
      separable(Seed{5});
  Model<double, Input<6, 5, 3>, DepthwiseConv2D<3, Same, Strides<2>, DepthMultiplier<2>, NoBias>, Conv2D<4, 1, Tanh>>
      both;
  for (std::size_t t = 0; t < 3; ++t)
    std::copy_n(separable.parameters()[t].data, separable.parameters()[t].size(), both.parameters()[t].data);
  const auto x = random_batch<decltype(separable)>(3);
  const auto a = separable.predict(x), b = both.predict(x);
  for (Index i = 0; i < a.size(); ++i) REQUIRE(std::abs(a.data()[i] - b.data()[i]) < 1e-13);
}

TEST_CASE("SeparableConv2D: shapes, initial values and penalties") {
  using Layer = SeparableConv2D<4, 3, DepthMultiplier<2>, DepthwiseInitializer<Ones>, PointwiseInitializer<Constant<2>>,
                                DepthwiseRegularizer<L2<0.5>>, PointwiseRegularizer<L1<0.25>>, BiasRegularizer<L1<2>>>;
  Model<double, Input<5, 4, 3>, Layer> model;
  CHECK(std::is_same_v<decltype(model)::network::output_shape, Shape<3, 2, 4>>);
  const auto parameters = model.parameters();
  CHECK(parameters[0].name + shape_text(parameters[0].shape) == "separable_conv2d/depthwise_kernel(3, 3, 3, 2)");
  CHECK(parameters[1].name + shape_text(parameters[1].shape) == "separable_conv2d/pointwise_kernel(1, 1, 6, 4)");
  CHECK(parameters[2].name + shape_text(parameters[2].shape) == "separable_conv2d/bias(4,)");
  CHECK(parameters[0].data[53] == 1);
  CHECK(parameters[1].data[23] == 2);
  parameters[2].data[3] = -3;
  const auto x = random_batch<decltype(model)>(2);
  CHECK(model.losses(x)["regularization_loss"] == doctest::Approx(0.5 * 54 + 0.25 * 2 * 24 + 2 * 3));
  expect_right_gradients<Input<5, 4, 3>, Layer>();
}
