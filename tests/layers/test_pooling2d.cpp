#include "random_batch.hpp"

using namespace latent;

TEST_CASE("MaxPooling2D: gradients") {
  expect_right_gradients<Input<6, 5, 3>, MaxPooling2D<2>>();
  expect_right_gradients<Input<7, 5, 17>, MaxPooling2D<3, Strides<2>, Same>>();
  expect_right_gradients<Input<6, 7, 2>, MaxPooling2D<Size{2, 3}, Strides<1>>>();
  // Gaps between the windows, along one axis or both, and rows and columns that are in no window.
  expect_right_gradients<Input<6, 8, 3>, MaxPooling2D<2, Strides<2, 3>>>();
  expect_right_gradients<Input<8, 6, 3>, MaxPooling2D<2, Strides<3, 2>>>();
  expect_right_gradients<Input<7, 8, 1>, MaxPooling2D<2, Strides<3>>>();
  expect_right_gradients<Input<7, 6, 2>, MaxPooling2D<2>>();
  expect_right_gradients<Input<6, 7, 2>, MaxPooling2D<2>>();
  expect_right_gradients<Input<5, 5, 2>, MaxPooling2D<2, Same>>();
  expect_right_gradients<Input<6, 6, 2>, MaxPooling2D<3, Strides<3, 2>>>();
  expect_right_gradients<Input<6, 6, 2>, MaxPooling2D<3, Strides<2, 3>>>();
}

TEST_CASE("AveragePooling2D: gradients") {
  expect_right_gradients<Input<6, 4, 3>, AveragePooling2D<2>>();
  expect_right_gradients<Input<5, 7, 17>, AveragePooling2D<2>>();  // the last row and column are in no window
  expect_right_gradients<Input<5, 7, 2>, AveragePooling2D<3, Strides<2>, Same>>();
  expect_right_gradients<Input<7, 8, 1>, AveragePooling2D<2, Strides<3>>>();  // gaps between the windows
  expect_right_gradients<Input<6, 5, 2>, AveragePooling2D<Size{2, 3}, Strides<1, 2>>>();
  expect_right_gradients<Input<2, 2, 3>, AveragePooling2D<4, Same>>();  // one window, more padding than image
}

TEST_CASE("AveragePooling2D: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<6, 6, 2>, Conv2D<3, 3, Same, Sigmoid>, AveragePooling2D<2>, Conv2D<2, 3, Same, Tanh>,
                         AveragePooling2D<2, Strides<1>>, Flatten, Dense<3>>();
}

TEST_CASE("AveragePooling2D: padding is not counted") {
  const Model<double, Input<3, 3, 1>, AveragePooling2D<2, Same>> layer;
  Tensor<4, double> x(1, 3, 3, 1);
  for (Index i = 0; i < 9; ++i) x.data()[i] = static_cast<double>(i);
  const auto y = layer.predict(x);
  CHECK(y(0, 0, 0, 0) == 2);    // (0 + 1 + 3 + 4) / 4
  CHECK(y(0, 0, 1, 0) == 3.5);  // (2 + 5) / 2
  CHECK(y(0, 1, 0, 0) == 6.5);
  CHECK(y(0, 1, 1, 0) == 8);
}

TEST_CASE("GlobalAveragePooling2D: gradients and shapes") {
  expect_right_gradients<Input<5, 3, 17>, GlobalAveragePooling2D<>>();
  expect_right_gradients<Input<1, 1, 3>, GlobalAveragePooling2D<>, Dense<2>>();
  expect_right_gradients<Input<4, 5, 2>, Conv2D<3, 3, Same, Sigmoid>, GlobalAveragePooling2D<KeepDims>,
                         Conv2D<2, 3, Same>>();
  using Row = Sequential<Input<4, 5, 2>, GlobalAveragePooling2D<>>;
  using Image = Sequential<Input<4, 5, 2>, GlobalAveragePooling2D<KeepDims>>;
  CHECK(std::is_same_v<Row::output_shape, Shape<2>>);
  CHECK(std::is_same_v<Image::output_shape, Shape<1, 1, 2>>);
}

namespace {
template <class L, class S>
constexpr bool fits = std::is_void_v<typename L::template complaint<S>>;
}  // namespace

TEST_CASE("MaxPooling2D: the first of several maxima gets the gradient; windows that overlap add up; NaN stays") {
  const Model<double, Input<2, 3, 1>, MaxPooling2D<2, Strides<1>>> layer;
  Tensor<4, double> x(1, 2, 3, 1), dy(1, 1, 2, 1);
  x.setValues({{{{-1}, {-1}, {-3}}, {{-1}, {-5}, {-1}}}}), dy.setValues({{{{3}, {4}}}});
  const auto y = layer.predict(x);
  CHECK((y(0, 0, 0, 0) == -1 && y(0, 0, 1, 0) == -1));
  const auto dx = layer.backward(x, dy).dx;
  CHECK(std::vector<double>(dx.data(), dx.data() + 6) == std::vector<double>{3, 4, 0, 0, 0, 0});
  x(0, 0, 1, 0) = 9;
  CHECK(layer.backward(x, dy).dx(0, 0, 1, 0) == 7);
  x.setConstant(-0.0), x(0, 0, 0, 0) = 0;
  CHECK((!std::signbit(layer.predict(x)(0, 0, 0, 0)) && std::signbit(layer.predict(x)(0, 0, 1, 0))));
  x(0, 1, 1, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK((std::isnan(layer.predict(x)(0, 0, 0, 0)) && std::isnan(layer.predict(x)(0, 0, 1, 0))));
}

TEST_CASE("MaxPooling2D: when windows overlap, and when they cover the image, so that nothing need be cleared before") {
  const auto expect = []<class Layer, class S>(Layer, S, bool overlap, bool cover) {
    using On = typename Layer::template On<S, double>;
    CHECK((On::windows_overlap == overlap && On::windows_cover == cover));
  };
  expect(MaxPooling2D<2>{}, Shape<4, 6, 1>{}, false, true);
  expect(MaxPooling2D<2>{}, Shape<5, 6, 1>{}, false, false);
  expect(MaxPooling2D<2>{}, Shape<4, 7, 1>{}, false, false);
  expect(MaxPooling2D<2, Same>{}, Shape<5, 7, 1>{}, false, true);
  expect(MaxPooling2D<2, Strides<1, 2>>{}, Shape<4, 6, 1>{}, true, false);
  expect(MaxPooling2D<2, Strides<2, 1>>{}, Shape<4, 6, 1>{}, true, false);
  expect(MaxPooling2D<2, Strides<3, 2>>{}, Shape<5, 6, 1>{}, false, false);
  expect(MaxPooling2D<2, Strides<2, 3>>{}, Shape<4, 5, 1>{}, false, false);
  expect(MaxPooling2D<3, Same>{}, Shape<4, 4, 1>{}, false, true);
}

TEST_CASE("pooling2d: what fits, and strides that are the size of the window") {
  using S = Shape<3, 4, 2>;
  CHECK((fits<MaxPooling2D<Size{3, 4}>, S> && !fits<MaxPooling2D<Size{4, 4}>, S> &&
         !fits<MaxPooling2D<Size{3, 5}>, S> && !fits<MaxPooling2D<2>, Shape<3, 4>>));
  CHECK((fits<AveragePooling2D<5, Same>, S> && !fits<AveragePooling2D<5>, S>));
  CHECK((MaxPooling2D<Size{3, 2}>::stride.height == 3 && MaxPooling2D<Size{3, 2}>::stride.width == 2));
  using On = AveragePooling2D<2, Same>::On<Shape<3, 5, 1>, double>;
  CHECK((On::share(0, 0) == 0.25 && On::share(1, 0) == 0.5 && On::share(0, 2) == 0.5 && On::share(1, 2) == 1));
  CHECK((!fits<GlobalAveragePooling2D<>, Shape<4>> && fits<GlobalAveragePooling2D<>, S>));
}
