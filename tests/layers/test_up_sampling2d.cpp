#include "random_batch.hpp"

using namespace latent;
using Numbers = std::vector<double>;

TEST_CASE("UpSampling2D: gradients") {
  expect_right_gradients<Input<3, 2, 5>, UpSampling2D<2>>();
  expect_right_gradients<Input<2, 3, 16>, UpSampling2D<Size{3, 1}>>();
  expect_right_gradients<Input<1, 3, 17>, UpSampling2D<Size{2, 5}, Nearest>>();
}

TEST_CASE("UpSampling2D: in front of and behind layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<3, 2, 2>, Conv2D<3, 3, Same, Sigmoid>, UpSampling2D<2>, Conv2D<2, 3, Same, Tanh>,
                         UpSampling2D<Size{1, 2}>, Flatten, Dense<3>>();
}

TEST_CASE("UpSampling2D: every pixel repeated") {
  // clang-format off
  CHECK(result_of(Model<double, Input<2, 2, 1>, UpSampling2D<Size{2, 3}>>(), {}, {1, 2, 3, 4}) ==
        Numbers{1, 1, 1, 2, 2, 2,
                1, 1, 1, 2, 2, 2,
                3, 3, 3, 4, 4, 4,
                3, 3, 3, 4, 4, 4});
  // clang-format on
  CHECK(result_of(Model<double, Input<1, 1, 2>, UpSampling2D<2>>(), {}, {1, 2}) == Numbers{1, 2, 1, 2, 1, 2, 1, 2});
  CHECK(std::is_same_v<Sequential<Input<3, 5, 2>, UpSampling2D<Size{4, 3}>>::output_shape, Shape<12, 15, 2>>);
}

TEST_CASE("UpSampling2D, bilinear: gradients") {
  expect_right_gradients<Input<3, 2, 3>, UpSampling2D<2, Bilinear>>();
  expect_right_gradients<Input<2, 3, 17>, UpSampling2D<Size{3, 1}, Bilinear>>();
  expect_right_gradients<Input<1, 4, 2>, UpSampling2D<Size{4, 5}, Bilinear>>();
  expect_right_gradients<Input<3, 3, 1>, Conv2D<2, 3, Same, Sigmoid>, UpSampling2D<2, Bilinear>, Conv2D<3, 3, Same>>();
}

TEST_CASE("UpSampling2D, bilinear: in thirds and quarters between the centres, constant beyond the outermost") {
  CHECK(result_of(Model<double, Input<1, 2, 1>, UpSampling2D<Size{1, 2}, Bilinear>>(), {}, {0, 12}) ==
        Numbers{0, 3, 9, 12});
  CHECK(result_of(Model<double, Input<1, 2, 1>, UpSampling2D<Size{1, 4}, Bilinear>>(), {}, {0, 12}) ==
        Numbers{0, 0, 1.5, 4.5, 7.5, 10.5, 12, 12});
}
