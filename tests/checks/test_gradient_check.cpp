#include "random_batch.hpp"

using namespace latent;

namespace {

// A layer y_i = scale_i * x_i with a mistake to order.
enum class Mistake { none, scaled, shifted, missing, assigned, input_added, input_unwritten };

template <Mistake mistake>
struct Scale {
  static constexpr const char* class_name = "Scale";
  static constexpr const char* default_name = "scale";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index size = InputShape::size;
    static constexpr std::array parameters{ParameterSpec{"scale", {size}, 1, Initializer::glorot_uniform}};

    static void forward(const auto& p, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index i = 0; i < size; ++i) y.sample(n)[i] = p[0][i] * x.sample(n)[i];
    }
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      if (mistake == Mistake::missing) return;
      for (Index n = 0; n < x.samples; ++n)
        for (Index i = 0; i < size; ++i) {
          const Scalar gradient = x.sample(n)[i] * dz.sample(n)[i] * (mistake == Mistake::scaled ? 1.001 : 1.0);
          Scalar& to = dp[0][mistake == Mistake::shifted ? (i + 1) % size : i];
          to = mistake == Mistake::assigned ? gradient : to + gradient;
        }
    }
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index i = 0; i < size; ++i) {
          if (mistake == Mistake::input_unwritten && i == size - 1) continue;
          Scalar& to = dx.sample(n)[i];
          to = (mistake == Mistake::input_added ? to : 0) + p[0][i] * dz.sample(n)[i];
        }
    }
  };
};

template <Mistake mistake>
GradientReport report_for() {
  Model<double, Input<5>, Scale<mistake>> model(Seed{3});
  return check_gradients(model, random_batch<Model<double, Input<5>, Scale<mistake>>>(3));
}

}  // namespace

TEST_CASE("the check passes what is right and finds every kind of mistake") {
  CHECK(report_for<Mistake::none>().passed);
  CHECK_FALSE(report_for<Mistake::scaled>().passed);
  CHECK_FALSE(report_for<Mistake::shifted>().passed);
  CHECK_FALSE(report_for<Mistake::missing>().passed);
  CHECK_FALSE(report_for<Mistake::assigned>().passed);
  CHECK_FALSE(report_for<Mistake::input_added>().passed);
  CHECK_FALSE(report_for<Mistake::input_unwritten>().passed);
  CHECK(report_for<Mistake::scaled>().problem.find("scale/scale(") != std::string::npos);
}

TEST_CASE("a check in which everything is 0 is refused") {
  Model<double, Input<4>, Dense<3>> model(Seed{1});
  for (auto& parameter : model.parameters()) std::fill_n(parameter.data, parameter.size(), 0.0);
  Tensor<2, double> x(2, 4);
  x.setZero();
  const auto report = check_gradients(model, x);
  CHECK_FALSE(report.passed);
  CHECK(report.problem.find("nothing was checked") != std::string::npos);
}

TEST_CASE("Conv2D: every kind of size, stride, padding and option") {
  expect_right_gradients<Input<5, 6, 2>, Conv2D<3, 3, Same>>();
  expect_right_gradients<Input<5, 6, 3>, Conv2D<20, 3, Same, ReLU>>();
  expect_right_gradients<Input<6, 5, 16>, Conv2D<1, 3, Same, Sigmoid>>();
  expect_right_gradients<Input<6, 7, 1>, Conv2D<16, Size{3, 2}, Tanh>>();
  expect_right_gradients<Input<7, 8, 2>, Conv2D<8, 3, Strides<2>, Same, NoBias>>();
  expect_right_gradients<Input<7, 9, 2>, Conv2D<5, Size{2, 3}, Strides<3, 2>>>();
  expect_right_gradients<Input<7, 7, 2>, Conv2D<3, 2, Strides<3>, Same>>();  // some inputs are seen by no window
  expect_right_gradients<Input<4, 4, 3>, Conv2D<4, 1, Softmax>>();
  expect_right_gradients<Input<2, 2, 3>, Conv2D<2, 5, Same>>();  // the kernel is larger than the image
}

TEST_CASE("MaxPooling2D, UpSampling2D, Dense, Flatten, Reshape, Activation") {
  expect_right_gradients<Input<6, 5, 3>, MaxPooling2D<2>>();
  expect_right_gradients<Input<7, 5, 17>, MaxPooling2D<3, Strides<2>, Same>>();
  expect_right_gradients<Input<6, 7, 2>, MaxPooling2D<Size{2, 3}, Strides<1>>>();
  expect_right_gradients<Input<3, 2, 5>, UpSampling2D<2>>();
  expect_right_gradients<Input<2, 3, 16>, UpSampling2D<Size{3, 1}>>();
  expect_right_gradients<Input<7>, Dense<5>>(30);  // more than one chunk
  expect_right_gradients<Input<17>, Dense<1, Sigmoid>>(3);
  expect_right_gradients<Input<3, 7>, Dense<5, ReLU>>();
  expect_right_gradients<Input<2, 3, 4>, Dense<6, Tanh>>();
  expect_right_gradients<Input<6>, Dense<8, Softmax, NoBias>>();
  expect_right_gradients<Input<2, 3, 2>, Flatten, Dense<3>>();
  expect_right_gradients<Input<12>, Reshape<2, 3, 2>, Conv2D<2, 3, Same>>();
  expect_right_gradients<Input<2, 3, 4>, Activation<Sigmoid>>();
  expect_right_gradients<Input<2, 6>, Activation<Softmax>>();
}

TEST_CASE("chains: a layer's activation is undone by whatever follows") {
  using Encoder = Model<double, Input<6, 6, 1>, Conv2D<4, 3, Same, Sigmoid>, MaxPooling2D<2>, Conv2D<5, 3, Same, Tanh>>;
  expect_right_gradients<Encoder, Model<double, Input<3, 3, 5>, Conv2D<4, 3, Same, ReLU>, UpSampling2D<2>,
                                        Conv2D<1, 3, Same, Sigmoid>>>();
  expect_right_gradients<Input<6, 6, 1>, Conv2D<4, 3, Strides<2>, Same, ReLU>, Conv2D<3, 3, Strides<2>, Same, Softmax>, Flatten,
                         Dense<4, Sigmoid>, Dense<9, Softmax>, Reshape<3, 3, 1>, Activation<Tanh>>();
  expect_right_gradients<Input<4, 4, 2>, Conv2D<3, 3, Same, Tanh>, Dense<5, Sigmoid>, Conv2D<2, 3, Same, ReLU>>();
}
