#include "random_batch.hpp"

using namespace latent;
using Numbers = std::vector<double>;

TEST_CASE("Conv2DTranspose: gradients over kernel sizes and channels, on even and odd images") {
  expect_right_gradients<Input<4, 3, 2>, Conv2DTranspose<3, 3, Same>>();
  expect_right_gradients<Input<3, 4, 3>, Conv2DTranspose<20, 3, ReLU>>();
  expect_right_gradients<Input<4, 3, 16>, Conv2DTranspose<1, Size{3, 2}, Same, Sigmoid>>();
  expect_right_gradients<Input<3, 3, 3>, Conv2DTranspose<4, 1, Softmax, NoBias>>();
  expect_right_gradients<Input<2, 2, 2>, Conv2DTranspose<2, 5, Same>>();  // the kernel is larger than the image
}

TEST_CASE("Conv2DTranspose: gradients with strides and output padding") {
  expect_right_gradients<Input<3, 4, 2>, Conv2DTranspose<3, 3, Strides<2>, Same, Tanh>>();
  expect_right_gradients<Input<2, 3, 2>, Conv2DTranspose<9, Size{2, 3}, Strides<3, 2>>>();
  expect_right_gradients<Input<3, 2, 2>, Conv2DTranspose<2, 2, Strides<3>>>();  // gaps between the kernels
  expect_right_gradients<Input<3, 4, 2>, Conv2DTranspose<3, 3, Strides<2>, Same, OutputPadding<0>>>();
  expect_right_gradients<Input<3, 2, 2>, Conv2DTranspose<3, 2, Strides<2>, OutputPadding<0, 1>>>();
}

TEST_CASE("Conv2DTranspose: gradients on rungs other than the chosen one, and with penalties") {
  expect_right_gradients<Input<5, 4, 2>, Conv2DTranspose<3, 3, Same, Kernel<winograd>, Tanh>>();
  expect_right_gradients<Input<4, 3, 2>, Conv2DTranspose<3, 2, Kernel<tiled>, KernelRegularizer<L2<0.5>>,
                                                         BiasRegularizer<L1<0.25>>, ActivityRegularizer<L2<0.1>>>>();
}

TEST_CASE("Conv2DTranspose: in front of and behind layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<3, 2, 2>, Conv2D<3, 3, Same, Sigmoid>, Conv2DTranspose<2, 3, Same, Strides<2>, Tanh>,
                         Conv2D<3, 3, Same, Sigmoid>, Conv2DTranspose<2, 3, Same, GELU>, Conv2DTranspose<1, 2>, Flatten,
                         Dense<3>>();
}

TEST_CASE("Conv2DTranspose: every pixel adds its kernel, by hand") {
  const Numbers image{1, 2, 3, 4}, kernel{1, 10, 100, 1000};
  using Image = Input<2, 2, 1>;
  // clang-format off
  CHECK(result_of(Model<double, Image, Conv2DTranspose<1, 2, NoBias>>(), kernel, image) ==
        Numbers{  1,   12,   20,
                103, 1234, 2040,
                300, 3400, 4000});
  CHECK(result_of(Model<double, Image, Conv2DTranspose<1, 2, Same, NoBias>>(), kernel, image) ==
        Numbers{  1,   12,
                103, 1234});
  CHECK(result_of(Model<double, Image, Conv2DTranspose<1, 2, Strides<2>, NoBias>>(), kernel, image) ==
        Numbers{  1,   10,   2,   20,
                100, 1000, 200, 2000,
                  3,   30,   4,   40,
                300, 3000, 400, 4000});
  // Where no kernel reaches there is only the bias.
  CHECK(result_of(Model<double, Image, Conv2DTranspose<1, 1, Strides<2>>>(), {10, 0.5}, image) ==
        Numbers{10.5, 0.5, 20.5, 0.5,
                 0.5, 0.5,  0.5, 0.5,
                30.5, 0.5, 40.5, 0.5,
                 0.5, 0.5,  0.5, 0.5});
  CHECK(result_of(Model<double, Image, Conv2DTranspose<1, 1, Strides<2>, OutputPadding<0>>>(), {10, 0.5}, image) ==
        Numbers{10.5, 0.5, 20.5,
                 0.5, 0.5,  0.5,
                30.5, 0.5, 40.5});
  // clang-format on
}

TEST_CASE("Conv2DTranspose: channels, filters and the activation by hand") {
  const Numbers kernel{1, 2, 3, 4, 5, 6};  // (1, 1, 3, 2): filters before channels
  CHECK(result_of(Model<double, Input<1, 1, 2>, Conv2DTranspose<3, 1, NoBias>>(), kernel, {1, 10}) ==
        Numbers{21, 43, 65});
  CHECK(result_of(Model<double, Input<1, 2, 1>, Conv2DTranspose<2, 1, ReLU>>(), {1, -1, 0, 2}, {3, 1}) ==
        Numbers{3, 0, 1, 1});
}

namespace {
/// sum(conv(x) * y) = sum(x * transposed(y)), whatever x and y, if both have one kernel.
template <class Large, class Conv, class Small, class Transposed>
void expect_adjoint() {
  const Model<double, Large, Conv> conv(Seed{3});
  Model<double, Small, Transposed> transposed;
  REQUIRE(conv.parameters()[0].shape == transposed.parameters()[0].shape);
  std::copy_n(conv.parameters()[0].data, conv.parameters()[0].size(), transposed.parameters()[0].data);
  const auto x = random_batch<decltype(conv)>(2);
  const auto y = random_batch<decltype(transposed)>(2);
  const auto conv_x = conv.predict(x), transposed_y = transposed.predict(y);
  REQUIRE(conv_x.size() == y.size());
  REQUIRE(transposed_y.size() == x.size());
  double left = 0, right = 0;
  for (Index i = 0; i < y.size(); ++i) left += conv_x.data()[i] * y.data()[i];
  for (Index i = 0; i < x.size(); ++i) right += x.data()[i] * transposed_y.data()[i];
  CHECK(left == doctest::Approx(right).epsilon(1e-12));
}
}  // namespace

TEST_CASE("Conv2DTranspose: the adjoint of the Conv2D with its kernel") {
  expect_adjoint<Input<6, 8, 2>, Conv2D<3, 3, Same, Strides<2>>, Input<3, 4, 3>,
                 Conv2DTranspose<2, 3, Same, Strides<2>>>();
  expect_adjoint<Input<5, 7, 2>, Conv2D<3, 3, Same, Strides<2>>, Input<3, 4, 3>,
                 Conv2DTranspose<2, 3, Same, Strides<2>, OutputPadding<0>>>();
  expect_adjoint<Input<7, 5, 3>, Conv2D<2, Size{3, 2}, Strides<2, 1>>, Input<3, 4, 2>,
                 Conv2DTranspose<3, Size{3, 2}, Strides<2, 1>>>();
}

TEST_CASE("Conv2DTranspose: shapes, initial values and penalties") {
  Model<double, Input<5, 4, 3>,
        Conv2DTranspose<2, Size{3, 2}, Same, Strides<2>, KernelInitializer<Ones>, BiasInitializer<Ones>,
                        KernelRegularizer<L2<0.5>>, BiasRegularizer<L1<2>>>>
      model;
  CHECK(std::is_same_v<decltype(model)::network::output_shape, Shape<10, 8, 2>>);
  const auto parameters = model.parameters();
  CHECK(parameters[0].name + shape_text(parameters[0].shape) == "conv2d_transpose/kernel(3, 2, 2, 3)");
  CHECK(parameters[1].name + shape_text(parameters[1].shape) == "conv2d_transpose/bias(2,)");
  CHECK(parameters[0].data[35] == 1);
  CHECK(parameters[1].data[1] == 1);
  CHECK(model.losses(random_batch<decltype(model)>(2))["regularization_loss"] == doctest::Approx(0.5 * 36 + 2 * 2));
  // kernel 5, strides 3, 4 inputs
  CHECK(std::is_same_v<Sequential<Input<4, 4, 1>, Conv2DTranspose<1, 5, Strides<3>>>::output_shape, Shape<14, 14, 1>>);
  CHECK(std::is_same_v<Sequential<Input<4, 4, 1>, Conv2DTranspose<1, 5, Strides<3>, OutputPadding<2>>>::output_shape,
                       Shape<16, 16, 1>>);
  CHECK(std::is_same_v<
        Sequential<Input<4, 4, 1>, Conv2DTranspose<1, 5, Same, Strides<3>, OutputPadding<1>>>::output_shape,
        Shape<11, 11, 1>>);
}

TEST_CASE("Conv2DTranspose: sizes and output paddings that Keras takes") {
  using Plain = Conv2DTranspose<1, 3, Strides<2>>;
  using Padded = Conv2DTranspose<1, 3, Same, Strides<2>>;
  // output_size(n, k, s, p)
  CHECK((Plain::output_size(4, 3, 2, -1) == 9 && Plain::output_size(4, 1, 2, -1) == 8));
  CHECK((Plain::output_size(4, 3, 2, 0) == 9 && Plain::output_size(4, 3, 2, 1) == 10));
  CHECK((Padded::output_size(4, 3, 2, -1) == 8 && Padded::output_size(4, 3, 2, 0) == 7));
  CHECK((Padded::output_size(4, 3, 2, 1) == 8 && Padded::output_size(4, 2, 3, 1) == 10));
  // fits(k, s, p)
  CHECK((Plain::fits(3, 2, -1) && Plain::fits(3, 2, 0) && Plain::fits(3, 2, 1) && !Plain::fits(3, 2, 2)));
  CHECK(!Plain::fits(3, 2, -2));
  CHECK((Padded::fits(3, 2, 0) && Padded::fits(3, 2, 1) && !Padded::fits(3, 2, 2) && Padded::fits(3, 2, -1)));
  CHECK((!Padded::fits(2, 2, 0) && Padded::fits(2, 2, 1) && Padded::fits(2, 2, 2) && !Padded::fits(2, 2, 3)));
  CHECK((Conv2DTranspose<1, Size{3, 2}, Strides<2, 3>, OutputPadding<1, 2>>::output_padding_fits));
  CHECK(std::is_void_v<Plain::complaint<Shape<2, 2, 1>>>);
  CHECK(!std::is_void_v<Plain::complaint<Shape<2, 2>>>);
}
