#include "random_batch.hpp"

using namespace latent;

TEST_CASE("DepthwiseConv2D: gradients") {
  expect_right_gradients<Input<5, 4, 3>, DepthwiseConv2D<3>>();
  expect_right_gradients<Input<4, 5, 17>, DepthwiseConv2D<3, Same>>();
  expect_right_gradients<Input<4, 6, 2>, DepthwiseConv2D<Size{2, 3}, Same, NoBias>>();
  expect_right_gradients<Input<3, 3, 4>, DepthwiseConv2D<1, Tanh>>();
  expect_right_gradients<Input<2, 2, 3>, DepthwiseConv2D<5, Same, Softmax>>();  // more padding than image
}

TEST_CASE("DepthwiseConv2D: gradients with strides, on even and odd images") {
  expect_right_gradients<Input<6, 7, 3>, DepthwiseConv2D<3, Strides<2>, Same>>();
  expect_right_gradients<Input<7, 6, 9>, DepthwiseConv2D<3, Strides<2>>>();
  expect_right_gradients<Input<7, 8, 2>, DepthwiseConv2D<2, Strides<3>>>();  // gaps between the windows
  expect_right_gradients<Input<5, 6, 2>, DepthwiseConv2D<Size{3, 2}, Strides<1, 3>, Same>>();
}

TEST_CASE("DepthwiseConv2D: gradients with dilation and with several filters for each channel") {
  expect_right_gradients<Input<6, 7, 3>, DepthwiseConv2D<3, Dilation<2>, Same>>();
  expect_right_gradients<Input<7, 6, 2>, DepthwiseConv2D<Size{3, 2}, Dilation<2, 3>>>();
  expect_right_gradients<Input<5, 4, 3>, DepthwiseConv2D<3, DepthMultiplier<2>, Same>>();
  expect_right_gradients<Input<6, 5, 2>, DepthwiseConv2D<3, DepthMultiplier<11>, Strides<2>, Same, NoBias>>();
  expect_right_gradients<Input<5, 5, 2>, DepthwiseConv2D<2, DepthMultiplier<3>, Dilation<2>, Sigmoid>>();
}

TEST_CASE("DepthwiseConv2D: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<5, 6, 2>, Conv2D<3, 3, Same, Sigmoid>, DepthwiseConv2D<3, Same, Tanh>,
                         Conv2D<2, 3, Same, Sigmoid>, DepthwiseConv2D<3, Same, Strides<2>, DepthMultiplier<2>, GELU>,
                         Flatten, Dense<3>>();
  expect_right_gradients<Input<6, 5, 3>, DepthwiseConv2D<3, Same, Tanh>, DepthwiseConv2D<3, Same, Dilation<2>>>();
}

TEST_CASE("DepthwiseConv2D: a Conv2D with a group for each channel has the same kernel and gives the same") {
  const auto same = []<class Depthwise, class Grouped>(const Depthwise& depthwise, Grouped grouped) {
    const auto kernel = depthwise.parameters()[0], bias = depthwise.parameters()[1];
    std::copy_n(kernel.data, kernel.size(), grouped.parameters()[0].data);
    std::copy_n(bias.data, bias.size(), grouped.parameters()[1].data);
    const auto x = random_batch<Depthwise>(2);
    const auto a = depthwise.predict(x), b = grouped.predict(x);
    for (Index i = 0; i < a.size(); ++i) REQUIRE(std::abs(a.data()[i] - b.data()[i]) < 1e-13);
  };
  same(Model<double, Input<6, 5, 3>, DepthwiseConv2D<3, Same, Tanh, BiasInitializer<Ones>>>(),
       Model<double, Input<6, 5, 3>, Conv2D<3, 3, Same, Groups<3>, Tanh>>());
  same(Model<double, Input<6, 5, 3>, DepthwiseConv2D<2, Strides<2>, DepthMultiplier<4>, BiasInitializer<Ones>>>(),
       Model<double, Input<6, 5, 3>, Conv2D<12, 2, Strides<2>, Groups<3>>>());
}

TEST_CASE("DepthwiseConv2D: every channel by itself, its filters side by side") {
  Model<double, Input<2, 2, 2>, DepthwiseConv2D<2, DepthMultiplier<2>>> layer;
  auto kernel = layer.parameters()[0], bias = layer.parameters()[1];
  for (Index i = 0; i < 16; ++i)
    kernel.data[i] = static_cast<double>(i % 4 + 1);  // 1, 2 for channel 0; 3, 4 for channel 1
  for (Index f = 0; f < 4; ++f) bias.data[f] = static_cast<double>(100 * f);
  Tensor<4, double> x(1, 2, 2, 2);
  x.setValues({{{{1, 10}, {2, 20}}, {{3, 30}, {4, 40}}}});
  const auto y = layer.predict(x);
  CHECK(y(0, 0, 0, 0) == 10);
  CHECK(y(0, 0, 0, 1) == 120);
  CHECK(y(0, 0, 0, 2) == 500);
  CHECK(y(0, 0, 0, 3) == 700);
}

TEST_CASE("DepthwiseConv2D: shapes, initial values and penalties") {
  using Layer = DepthwiseConv2D<3, Same, Strides<2>, DepthMultiplier<2>, DepthwiseInitializer<Ones>,
                                DepthwiseRegularizer<L2<0.5>>, BiasRegularizer<L1<2>>>;
  Model<double, Input<5, 4, 3>, Layer> model;
  CHECK(std::is_same_v<decltype(model)::network::output_shape, Shape<3, 2, 6>>);
  const auto parameters = model.parameters();
  CHECK(parameters[0].name + shape_text(parameters[0].shape) == "depthwise_conv2d/kernel(3, 3, 3, 2)");
  CHECK(parameters[1].name + shape_text(parameters[1].shape) == "depthwise_conv2d/bias(6,)");
  CHECK(parameters[0].data[53] == 1);
  parameters[1].data[5] = -3;
  const auto x = random_batch<decltype(model)>(2);
  CHECK(model.losses(x)["regularization_loss"] == doctest::Approx(0.5 * 54 + 2 * 3));
  expect_right_gradients<Input<5, 4, 3>, Layer>();
}

namespace {
template <class L, class S>
constexpr bool fits = std::is_void_v<typename L::template complaint<S>>;
}  // namespace

TEST_CASE("DepthwiseConv2D: a window of Valid is at most as large as the image, in each dimension, with its dilation") {
  using S = Shape<5, 7, 2>;
  CHECK((fits<DepthwiseConv2D<Size{5, 7}>, S> && !fits<DepthwiseConv2D<Size{6, 7}>, S> &&
         !fits<DepthwiseConv2D<Size{5, 8}>, S> && fits<DepthwiseConv2D<Size{6, 8}, Same>, S>));
  CHECK((fits<DepthwiseConv2D<3, Dilation<2, 3>>, S> && !fits<DepthwiseConv2D<3, Dilation<3>>, S> &&
         !fits<DepthwiseConv2D<3, Dilation<2, 4>>, S> && !fits<DepthwiseConv2D<3, Dilation<3, 2>>, S>));
  CHECK(!fits<DepthwiseConv2D<1>, Shape<5, 7>>);
}
