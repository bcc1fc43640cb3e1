#include "random_batch.hpp"

using namespace latent;

TEST_CASE("ReLUWith: gradients, as a layer and fused into one") {
  using All = ReLUWith<MaxValue<0.8>, NegativeSlope<0.1>, Threshold<0.3>>;
  expect_right_gradients<Input<40>, ReLUWith<>>();
  expect_right_gradients<Input<40>, ReLUWith<MaxValue<0.5>>>();
  expect_right_gradients<Input<40>, ReLUWith<NegativeSlope<0.25>>>();
  expect_right_gradients<Input<40>, ReLUWith<Threshold<0.5>>>();
  expect_right_gradients<Input<40>, All>();
  expect_right_gradients<Input<40>, Activation<All>>();
  expect_right_gradients<Input<40>, ReLUWith<MaxValue<0.0>, NegativeSlope<0.5>>>();
  expect_right_gradients<Input<4, 5, 2>, Conv2D<17, 3, Same, All>, MaxPooling2D<2>, All, Conv2D<3, 3, Same, All>>();
}

TEST_CASE("ReLUWith: values below, between and above") {
  const auto values = []<class Layer>(Layer) {
    const Model<double, Input<6>, Layer> model;
    Tensor<2, double> x(1, 6);
    x.setValues({{-2, 0, 0.25, 0.75, 2, 10}});
    const auto y = model.predict(x);
    return std::vector<double>(y.data(), y.data() + 6);
  };
  CHECK(values(ReLUWith<>{}) == std::vector<double>{0, 0, 0.25, 0.75, 2, 10});
  CHECK(values(ReLUWith<MaxValue<1>>{}) == std::vector<double>{0, 0, 0.25, 0.75, 1, 1});
  CHECK(values(ReLUWith<NegativeSlope<0.5>>{}) == std::vector<double>{-1, 0, 0.25, 0.75, 2, 10});
  CHECK(values(ReLUWith<Threshold<0.5>>{}) == std::vector<double>{0, 0, 0, 0.75, 2, 10});
  CHECK(values(ReLUWith<Threshold<0.5>, NegativeSlope<0.5>, MaxValue<1>>{}) ==
        std::vector<double>{-1.25, -0.25, -0.125, 0.75, 1, 1});
  CHECK(values(ReLUWith<NegativeSlope<1>>{}) == std::vector<double>{-2, 0, 0.25, 0.75, 2, 10});
  CHECK(values(ReLUWith<Threshold<0.75>>{}) == std::vector<double>{0, 0, 0, 0, 2, 10});  // at the threshold it is 0
  CHECK(ReLUWith<>::value(-std::numeric_limits<double>::infinity()) == 0);
}

TEST_CASE("ReLUWith: the derivative at 0 is the slope only if there is nothing else") {
  CHECK(ReLUWith<NegativeSlope<0.25>>::derivative(0.0) == 0.25);
  CHECK(ReLUWith<NegativeSlope<0.25>, Threshold<0.5>>::derivative(0.0) == 0);
  CHECK(ReLUWith<NegativeSlope<0.25>, MaxValue<1>>::derivative(0.0) == 0);
}

TEST_CASE("ReLUWith: alone it is ReLU, with 6 ReLU6, with a slope LeakyReLU, to the bit; and NaN stays") {
  const auto same = []<class A, class B>(A, B) {
    for (Index i = 0; i < 1000; ++i) {
      const double z = 4 * Random(Seed{1}, Purpose::test).normal(i);
      REQUIRE(A::value(z) == B::value(z));
      REQUIRE(A::derivative(A::value(z)) == B::derivative(B::value(z)));
    }
    CHECK(A::derivative(0.0) == B::derivative(0.0));
    CHECK(std::isnan(A::value(std::numeric_limits<double>::quiet_NaN())));
  };
  same(ReLUWith<>{}, ReLU{});
  same(ReLUWith<MaxValue<6>>{}, ReLU6{});
  same(ReLUWith<NegativeSlope<0.3>>{}, LeakyReLU<0.3>{});
}

TEST_CASE("ReLUWith: Keras's name of it") {
  const Sequential<Input<3>, ReLUWith<MaxValue<6>>, ReLU> model;
  CHECK(model.summary().find("re_lu (ReLU)") != std::string::npos);
  CHECK(model.summary().find("re_lu_1 (ReLU)") != std::string::npos);
}
