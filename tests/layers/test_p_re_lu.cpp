#include "random_batch.hpp"

using namespace latent;

TEST_CASE("PReLU: gradients, with a slope for each value and with shared ones") {
  expect_right_gradients<Input<5, 4, 3>, PReLU<>>();
  expect_right_gradients<Input<4, 5, 17>, PReLU<SharedAxes<1, 2>>>();
  expect_right_gradients<Input<4, 3, 2>, PReLU<SharedAxes<1, 2, 3>>>();
  expect_right_gradients<Input<4, 3, 9>, PReLU<SharedAxes<3>>>();
  expect_right_gradients<Input<4, 3, 2>, PReLU<SharedAxes<2>, AlphaRegularizer<L2<0.5>>>>();
  expect_right_gradients<Input<5, 3>, PReLU<SharedAxes<1>>>();
  expect_right_gradients<Input<5, 3>, PReLU<SharedAxes<2>>>();
  expect_right_gradients<Input<7>, PReLU<>>(3);
  expect_right_gradients<Input<7>, PReLU<SharedAxes<1>>>(3);
}

TEST_CASE("PReLU: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<5, 4, 2>, Conv2D<3, 3, Same, Tanh>, PReLU<SharedAxes<1, 2>>, Conv2D<2, 3, Same>, PReLU<>,
                         Conv2D<2, 3, Same>, Flatten, Dense<3>>();
}

TEST_CASE("PReLU: values, and parameters of the input's shape") {
  Model<double, Input<2, 2>, PReLU<>> own;
  Model<double, Input<2, 2>, PReLU<SharedAxes<1>, AlphaInitializer<Constant<1, 2>>>> shared;
  CHECK(own.parameters()[0].name + shape_text(own.parameters()[0].shape) == "p_re_lu/alpha(2, 2)");
  CHECK(own.parameters()[0].data[3] == 0);
  CHECK(shape_text(shared.parameters()[0].shape) == "(1, 2)");
  own.parameters()[0].data[1] = 0.25, own.parameters()[0].data[3] = 3;
  shared.parameters()[0].data[1] = 2;
  Tensor<3, double> x(1, 2, 2);
  x.setValues({{{1, -4}, {-2, -1}}});
  const auto values = [](const Tensor<3, double>& y) { return std::vector<double>(y.data(), y.data() + y.size()); };
  CHECK(values(own.predict(x)) == std::vector<double>{1, -1, 0, -3});
  CHECK(values(shared.predict(x)) == std::vector<double>{1, -8, -1, -2});
}

TEST_CASE("PReLU: shared axes that an input has; 0 has no slope") {
  using L = PReLU<SharedAxes<1, 3>>;
  CHECK((L::shares(1) && !L::shares(2) && L::shares(3)));
  CHECK((L::are_axes(3) && !L::are_axes(2) && !PReLU<SharedAxes<0>>::are_axes(3) && PReLU<>::are_axes(1)));
  Model<double, Input<2>, PReLU<AlphaInitializer<Constant<1, 2>>>> layer;
  Tensor<2, double> x(1, 2), dy(1, 2);
  x.setValues({{0, -2}}), dy.setValues({{3, 5}});
  const auto gradients = layer.backward(x, dy);
  CHECK((gradients.dx(0, 0) == 0 && gradients.dx(0, 1) == 2.5));
  CHECK(gradients["p_re_lu/alpha"] == std::vector<double>{0, -10});
}
