#include "random_batch.hpp"

using namespace latent;
using Numbers = std::vector<double>;

TEST_CASE("Dense: gradients, on rows, on sequences and on images") {
  expect_right_gradients<Input<7>, Dense<5>>(30);  // more than one chunk
  expect_right_gradients<Input<17>, Dense<1, Sigmoid>>(3);
  expect_right_gradients<Input<1>, Dense<17, GELU>>(3);
  expect_right_gradients<Input<3, 7>, Dense<5, ReLU>>();
  expect_right_gradients<Input<2, 3, 4>, Dense<6, Tanh>>();
  expect_right_gradients<Input<6>, Dense<8, Softmax, NoBias>>();
  expect_right_gradients<
      Input<3>, Dense<4, KernelRegularizer<L2<0.5>>, BiasRegularizer<L1<0.25>>, ActivityRegularizer<L2<0.1>>>>();
}

TEST_CASE("Dense: in front of and behind layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<4, 3, 2>, Conv2D<3, 3, Same, Sigmoid>, Dense<5, Tanh>, Conv2D<2, 3, Same, Sigmoid>,
                         Dense<3, GELU>, Flatten, Dense<3, Softmax>>();
}

TEST_CASE("Dense: values by hand") {
  const Numbers kernel_and_bias{1, 10, 2, 20, 3, 30, 0.5, -0.5};  // (3, 2), (2,)
  CHECK(result_of(Model<double, Input<3>, Dense<2>>(), kernel_and_bias, {1, 2, 3}) == Numbers{14.5, 139.5});
  CHECK(result_of(Model<double, Input<3>, Dense<2, ReLU>>(), kernel_and_bias, {-1, 0, 0.375}) == Numbers{0.625, 0.75});
  CHECK(result_of(Model<double, Input<2>, Dense<3, NoBias>>(), {1, 2, 3, 4, 5, 6}, {1, 10}) == Numbers{41, 52, 63});
  // Every row of a sequence and every pixel of an image by itself.
  CHECK(result_of(Model<double, Input<2, 3>, Dense<2>>(), kernel_and_bias, {1, 2, 3, 0, 0, 1}) ==
        Numbers{14.5, 139.5, 3.5, 29.5});
  CHECK(result_of(Model<double, Input<2, 1, 3>, Dense<2>>(), kernel_and_bias, {1, 2, 3, 0, 0, 1}) ==
        Numbers{14.5, 139.5, 3.5, 29.5});
}

TEST_CASE("Dense: shapes, initial values and penalties") {
  Model<double, Input<2, 4, 3>,
        Dense<5, KernelInitializer<Ones>, BiasInitializer<Ones>, KernelRegularizer<L2<0.5>>, BiasRegularizer<L1<2>>>>
      model;
  CHECK(std::is_same_v<decltype(model)::network::output_shape, Shape<2, 4, 5>>);
  const auto parameters = model.parameters();
  CHECK(parameters[0].name + shape_text(parameters[0].shape) == "dense/kernel(3, 5)");
  CHECK(parameters[1].name + shape_text(parameters[1].shape) == "dense/bias(5,)");
  CHECK(parameters[0].data[14] == 1);
  CHECK(parameters[1].data[4] == 1);
  CHECK(model.losses(random_batch<decltype(model)>(2))["regularization_loss"] == doctest::Approx(0.5 * 15 + 2 * 5));
}
