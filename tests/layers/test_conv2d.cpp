#include "random_batch.hpp"

using namespace latent;
using Numbers = std::vector<double>;

namespace {
template <class L, class S>
constexpr bool fits = std::is_void_v<typename L::template complaint<S>>;
}  // namespace

TEST_CASE("a window of Valid is at most as large as the image, in each dimension, with its dilation") {
  using S = Shape<5, 7, 2>;
  CHECK(fits<Conv2D<1, Size{5, 7}>, S>);
  CHECK(!fits<Conv2D<1, Size{6, 7}>, S>);
  CHECK(!fits<Conv2D<1, Size{5, 8}>, S>);
  CHECK(fits<Conv2D<1, Size{6, 8}, Same>, S>);
  CHECK(fits<Conv2D<1, 3, Dilation<2, 3>>, S>);
  CHECK(!fits<Conv2D<1, 3, Dilation<3>>, S>);
  CHECK(!fits<Conv2D<1, 3, Dilation<2, 4>>, S>);
  CHECK(!fits<Conv2D<1, 3, Dilation<3, 2>>, S>);
  CHECK(!fits<Conv2D<1, 3>, Shape<7>>);
}

TEST_CASE("Conv2D: gradients over kernel sizes and channels, on even and odd images") {
  expect_right_gradients<Input<5, 6, 2>, Conv2D<3, 3, Same>>();
  expect_right_gradients<Input<5, 6, 3>, Conv2D<20, 3, Same, ReLU>>();
  expect_right_gradients<Input<6, 5, 16>, Conv2D<1, 3, Same, Sigmoid>>();
  expect_right_gradients<Input<6, 7, 1>, Conv2D<16, Size{3, 2}, Tanh>>();
  expect_right_gradients<Input<4, 4, 3>, Conv2D<4, 1, Softmax>>();
  expect_right_gradients<Input<2, 2, 3>, Conv2D<2, 5, Same>>();  // the kernel is larger than the image
}

TEST_CASE("Conv2D: gradients with strides") {
  expect_right_gradients<Input<7, 8, 2>, Conv2D<8, 3, Strides<2>, Same, NoBias>>();
  expect_right_gradients<Input<7, 9, 2>, Conv2D<5, Size{2, 3}, Strides<3, 2>>>();
  expect_right_gradients<Input<7, 7, 2>, Conv2D<3, 2, Strides<3>, Same>>();  // some inputs are seen by no window
}

TEST_CASE("Conv2D: gradients with dilation") {
  expect_right_gradients<Input<7, 6, 2>, Conv2D<3, 3, Dilation<2>, Same, GELU>>();
  expect_right_gradients<Input<6, 7, 3>, Conv2D<2, Size{3, 2}, Dilation<2, 3>>>();
  expect_right_gradients<Input<3, 4, 2>, Conv2D<9, 3, Dilation<4>, Same>>();  // most taps see nothing but padding
}

TEST_CASE("Conv2D: gradients on rungs other than the chosen one, and with penalties") {
  expect_right_gradients<Input<5, 4, 2>, Conv2D<3, 3, Same, Kernel<tiled>, Tanh>>();
  expect_right_gradients<Input<5, 4, 2>, Conv2D<3, 3, Same, Kernel<winograd>, Tanh>>();
  expect_right_gradients<Input<4, 3, 2>, Conv2D<3, 2, KernelRegularizer<L2<0.5>>, BiasRegularizer<L1<0.25>>,
                                                ActivityRegularizer<L2<0.1>>>>();
}

TEST_CASE("Conv2D: in front of and behind layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<6, 5, 2>, Conv2D<3, 3, Same, Sigmoid>, Conv2D<4, 5, Same, Tanh>,
                         Conv2DTranspose<3, 3, Same, Strides<2>, Sigmoid>, Conv2D<2, 3, Strides<2>, Same, GELU>,
                         Conv2D<2, 2, Dilation<2>>, Flatten, Dense<3>>();
}

// 1 2 3
// 4 5 6
// 7 8 9
const Numbers image{1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST_CASE("Conv2D: values by hand") {
  using Image = Input<3, 3, 1>;
  const Numbers taps{1, 2, 3, 4, 0.5};  // the kernel's rows, then the bias
  CHECK(result_of(Model<double, Image, Conv2D<1, 2>>(), taps, image) == Numbers{37.5, 47.5, 67.5, 77.5});
  // 2 x 2 windows on 3 x 3 pixels: Same pads at the bottom and on the right.
  CHECK(result_of(Model<double, Image, Conv2D<1, 2, Same>>(), taps, image) ==
        Numbers{37.5, 47.5, 21.5, 67.5, 77.5, 33.5, 23.5, 26.5, 9.5});
  CHECK(result_of(Model<double, Image, Conv2D<1, 2, Same, Strides<2>>>(), taps, image) ==
        Numbers{37.5, 21.5, 23.5, 9.5});
  CHECK(result_of(Model<double, Image, Conv2D<1, 2, Strides<1, 2>>>(), taps, image) == Numbers{37.5, 67.5});
  CHECK(result_of(Model<double, Image, Conv2D<1, 2, Dilation<2>>>(), taps, image) == Numbers{64.5});  // the corners
  CHECK(result_of(Model<double, Image, Conv2D<1, 2, Dilation<2>, Same>>(), taps, image) ==
        Numbers{20.5, 36.5, 15.5, 36.5, 64.5, 26.5, 10.5, 16.5, 5.5});
  CHECK(result_of(Model<double, Image, Conv2D<1, 3, Same, NoBias>>(), Numbers(9, 1), image) ==
        Numbers{12, 21, 16, 27, 45, 33, 24, 39, 28});
}

TEST_CASE("Conv2D: channels, filters and the activation by hand") {
  const Numbers kernel{1, 2, 3, 4, 5, 6};  // (1, 1, 2, 3)
  CHECK(result_of(Model<double, Input<1, 1, 2>, Conv2D<3, 1, NoBias>>(), kernel, {1, 10}) == Numbers{41, 52, 63});
  CHECK(result_of(Model<double, Input<1, 2, 1>, Conv2D<2, 1, ReLU>>(), {1, -1, 0, 2}, {3, 1}) == Numbers{3, 0, 1, 1});
}

TEST_CASE("Conv2D: shapes, initial values and penalties") {
  Model<double, Input<5, 4, 3>,
        Conv2D<2, Size{3, 2}, Same, Strides<2>, KernelInitializer<Ones>, BiasInitializer<Ones>,
               KernelRegularizer<L2<0.5>>, BiasRegularizer<L1<2>>>>
      model;
  CHECK(std::is_same_v<decltype(model)::network::output_shape, Shape<3, 2, 2>>);
  const auto parameters = model.parameters();
  CHECK(parameters[0].name + shape_text(parameters[0].shape) == "conv2d/kernel(3, 2, 3, 2)");
  CHECK(parameters[1].name + shape_text(parameters[1].shape) == "conv2d/bias(2,)");
  CHECK(parameters[0].data[35] == 1);
  CHECK(parameters[1].data[1] == 1);
  CHECK(model.losses(random_batch<decltype(model)>(2))["regularization_loss"] == doctest::Approx(0.5 * 36 + 2 * 2));
}
