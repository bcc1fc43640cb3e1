#include "random_batch.hpp"

using namespace latent;

namespace {

/// The derivative that the backward pass takes, from the result or from the input.
template <class A, class V>
V derivative(V z) {
  if constexpr (NeedsInput<A>)
    return A::derivative_at(z);
  else
    return A::derivative(A::value(z));
}

/// Value and derivative of A between -30 and 30 against the definition in more digits. `allowed` is in units of the
/// precision, relative to 1 or, where it is larger, to the right number.
template <class A, class Scalar, class Right, class RightDerivative>
void expect(double allowed, const Right& right, const RightDerivative& right_derivative) {
  double worst = 0;
  const auto compare = [&](Scalar got, long double expected) {
    const double error = static_cast<double>(std::abs(static_cast<long double>(got) - expected) /
                                             std::max<long double>(1, std::abs(expected)));
    worst = error <= worst ? worst : error;
  };
  for (int i = -30000; i <= 30000; ++i) {
    const Scalar z = static_cast<Scalar>(i) / 1024;
    compare(A::value(z), right(static_cast<long double>(z)));
    compare(derivative<A>(z), right_derivative(static_cast<long double>(z)));
  }
  CHECK(worst < allowed * std::numeric_limits<Scalar>::epsilon());
}
template <class A, class Right, class RightDerivative>
void expect(double allowed, const Right& right, const RightDerivative& right_derivative) {
  expect<A, float>(allowed, right, right_derivative);
  expect<A, double>(allowed, right, right_derivative);
}

/// What A is far from 0, on both sides and in both precisions; on the right, where it grows as fast as z, as a factor
/// of z.
struct Far {
  double left, left_derivative, right, right_derivative;
  bool grows = false;
};
template <class A, class Scalar>
void expect_far_as(const Far& far) {
  const double near = 2 * std::numeric_limits<Scalar>::epsilon();
  const auto equal = [&](double got, double expected) {
    return got == expected || std::abs(got - expected) <= near * std::max(1.0, std::abs(expected));
  };
  for (Scalar z : {Scalar(1e20), Scalar(1e30), std::numeric_limits<Scalar>::max() / 2}) {
    CAPTURE(z);
    CAPTURE(sizeof(Scalar));
    CHECK(equal(static_cast<double>(A::value(-z)), far.left));
    CHECK(equal(static_cast<double>(derivative<A>(-z)), far.left_derivative));
    CHECK(equal(static_cast<double>(far.grows ? A::value(z) / z : A::value(z)), far.right));
    CHECK(equal(static_cast<double>(derivative<A>(z)), far.right_derivative));
  }
}
template <class A>
void expect_far(const Far& far) {
  INFO(far.left);
  expect_far_as<A, float>(far);
  expect_far_as<A, double>(far);
}

long double sigmoid(long double z) { return 1 / (1 + std::exp(-z)); }
long double phi(long double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0L)); }
long double cumulative(long double z) { return std::erfc(-z / std::sqrt(2.0L)) / 2; }

}  // namespace

TEST_CASE("values and derivatives are the definition's") {
  using L = long double;
  expect<Sigmoid>(4, sigmoid, [](L z) { return sigmoid(z) * sigmoid(-z); });
  expect<Tanh>(4, [](L z) { return std::tanh(z); }, [](L z) { return 1 - std::tanh(z) * std::tanh(z); });
  expect<Softplus>(4, [](L z) { return std::max(z, L(0)) + std::log1p(std::exp(-std::abs(z))); }, sigmoid);
  expect<Softsign>(
      4, [](L z) { return z / (1 + std::abs(z)); }, [](L z) { return 1 / ((1 + std::abs(z)) * (1 + std::abs(z))); });
  expect<ELU<0.5>>(
      4, [](L z) { return z > 0 ? z : std::expm1(z) / 2; }, [](L z) { return z > 0 ? 1 : std::exp(z) / 2; });
  expect<Exponential>(4, [](L z) { return std::exp(z); }, [](L z) { return std::exp(z); });
  expect<SiLU>(4, [](L z) { return z * sigmoid(z); }, [](L z) { return sigmoid(z) * (1 + z * sigmoid(-z)); });
  expect<LogSigmoid>(
      4, [](L z) { return std::min(z, L(0)) - std::log1p(std::exp(-std::abs(z))); }, [](L z) { return sigmoid(-z); });
  const auto soft = [](L z) { return std::tanh(std::max(z, L(0)) + std::log1p(std::exp(-std::abs(z)))); };
  expect<Mish>(
      6, [&](L z) { return z * soft(z); }, [&](L z) { return soft(z) + z * (1 - soft(z) * soft(z)) * sigmoid(z); });
  expect<HardSiLU>(
      4, [](L z) { return z * std::clamp((z + 3) / 6, L(0), L(1)); },
      [](L z) { return z <= -3  ? 0
                       : z >= 3 ? 1
                                : z / 3 + L(0.5); });
  expect<HardTanh>(1, [](L z) { return std::clamp(z, L(-1), L(1)); }, [](L z) { return std::abs(z) <= 1 ? 1 : 0; });
  expect<GELU>(6, [](L z) { return z * cumulative(z); }, [](L z) { return cumulative(z) + z * phi(z); });
  const auto u = [](L z) { return 2 * std::sqrt(2 / std::acos(-1.0L)) * (z + 0.044715L * z * z * z); };
  const auto du = [](L z) { return 2 * std::sqrt(2 / std::acos(-1.0L)) * (1 + 3 * 0.044715L * z * z); };
  expect<ApproximateGELU>(
      8, [&](L z) { return z * sigmoid(u(z)); },
      [&](L z) { return sigmoid(u(z)) + z * sigmoid(u(z)) * sigmoid(-u(z)) * du(z); });
}

TEST_CASE("far from 0 nothing overflows, and derivatives are those of the asymptote") {
  expect_far<ReLU>({0, 0, 1, 1, true});
  expect_far<ReLU6>({0, 0, 6, 0});
  expect_far<ELU<2.0>>({-2, 0, 1, 1, true});
  expect_far<SELU>({-1.7580993408473766, 0, 1.0507009873554805, 1.0507009873554805, true});
  expect_far<Sigmoid>({0, 0, 1, 0});
  expect_far<HardSigmoid>({0, 0, 1, 0});
  expect_far<Tanh>({-1, 0, 1, 0});
  expect_far<Softsign>({-1, 0, 1, 0});
  expect_far<Softplus>({0, 0, 1, 1, true});
  expect_far<Exponential>({0, 0, HUGE_VAL, HUGE_VAL});
  expect_far<GELU>({0, 0, 1, 1, true});
  expect_far<ApproximateGELU>({0, 0, 1, 1, true});
  expect_far<SiLU>({0, 0, 1, 1, true});
  expect_far<HardSiLU>({0, 0, 1, 1, true});
  expect_far<Mish>({0, 0, 1, 1, true});
  expect_far<HardTanh>({-1, 0, 1, 0});
}

TEST_CASE("cheap activations are applied while a layer stores its sums; which ones losses look through") {
  CHECK((Linear::cheap && ReLU::cheap && ReLU6::cheap && ReLUWith<>::cheap && LeakyReLU<>::cheap));
  CHECK((HardSigmoid::cheap && Softsign::cheap));
  CHECK_FALSE((ELU<>::cheap || SELU::cheap || Sigmoid::cheap || Tanh::cheap || Softplus::cheap || Exponential::cheap));
  CHECK_FALSE((Mish::cheap || HardSiLU::cheap || HardTanh::cheap || LogSigmoid::cheap));
  CHECK_FALSE((GELU::cheap || ApproximateGELU::cheap || SiLU::cheap || Softmax::cheap));
  CHECK((Sigmoid::is_looked_through && Softmax::is_looked_through));
  CHECK((LossesLookThrough<Sigmoid> && !LossesLookThrough<Tanh>));
}

TEST_CASE("derivatives at the kinks are Keras's") {
  CHECK(derivative<ReLU>(0.0) == 0);
  CHECK(derivative<ReLU6>(0.0) == 0);
  CHECK(derivative<ReLU6>(6.0) == 0);
  CHECK(derivative<LeakyReLU<>>(0.0) == 0.2);
  CHECK(derivative<LeakyReLU<0.1>>(0.0) == 0.1);
  CHECK(derivative<ELU<0.5>>(0.0) == 0.5);
  CHECK(derivative<SELU>(0.0) == SELU::scale);
  CHECK(derivative<HardSigmoid>(-3.0) == 0);
  CHECK(derivative<HardSigmoid>(3.0) == 0);
  CHECK(HardSiLU::derivative_at(-3.0) == 0);
  CHECK(HardSiLU::derivative_at(3.0) == 1);
  for (const double z : {-1.0, 1.0}) CHECK(HardTanh::derivative_at(z) == 1);
  for (const double z : {-1.001, 1.001}) CHECK(HardTanh::derivative_at(z) == 0);
}

TEST_CASE("tiny derivatives are not lost: a softplus unit far on the left still learns") {
  CHECK(derivative<Softplus>(-30.0f) == doctest::Approx(std::exp(-30.0)).epsilon(1e-6));
  CHECK(ELU<>::value(-1e-10f) == doctest::Approx(-1e-10).epsilon(1e-6));
  CHECK(Tanh::value(1e-10f) == doctest::Approx(1e-10).epsilon(1e-6));
}

TEST_CASE("Softmax: groups of channels, however large the logits, and nothing behind them") {
  const double inf = std::numeric_limits<double>::infinity();
  double z[] = {1000, 1000, -1000, std::log(3.0) - 1000, -inf, 0, 7, 8};
  Softmax::apply(z, 6, 2);
  const double expected[] = {0.5, 0.5, 0.25, 0.75, 0, 1, 7, 8};
  for (int i = 0; i < 8; ++i) CHECK(z[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}

TEST_CASE("LeakyReLU's default slope is 0.2 as an activation and 0.3 as a layer, as in Keras") {
  Tensor<2, double> x(1, 1);
  x.setValues({{-1}});
  CHECK(Model<double, Input<1>, Activation<LeakyReLU<>>>().predict(x)(0, 0) == -0.2);
  CHECK(Model<double, Input<1>, LeakyReLU<>>().predict(x)(0, 0) == -0.3);
  CHECK(Model<double, Input<1>, LeakyReLU<0.1>>().predict(x)(0, 0) == -0.1);
}

TEST_CASE("gradients: fused into a layer, as a layer of its own, and undone by whatever follows") {
  const auto everywhere = []<class A>() {
    expect_right_gradients<Input<7>, Dense<5, A>>(3);
    expect_right_gradients<Input<3, 5, 2>, Activation<A>>();
    expect_right_gradients<Input<4, 4, 2>, Conv2D<3, 3, Same, A>, MaxPooling2D<2>, Conv2D<3, 3, Same, A>,
                           UpSampling2D<2>, Activation<A>, Conv2D<2, 3, Same, A>, Flatten, Dense<3, A>>();
  };
  everywhere.operator()<LeakyReLU<>>();
  everywhere.operator()<ELU<0.7>>();
  everywhere.operator()<SELU>();
  everywhere.operator()<Softplus>();
  everywhere.operator()<Softsign>();
  everywhere.operator()<GELU>();
  everywhere.operator()<ApproximateGELU>();
  everywhere.operator()<SiLU>();
}

TEST_CASE("gradients of those that are flat or steep somewhere") {
  expect_right_gradients<Input<7>, Dense<5, HardSigmoid>, Dense<4, Exponential>, Dense<3, ReLU6>>(3);
  expect_right_gradients<Input<7>, Dense<5, Mish>, Dense<4, LogSigmoid>, Dense<3, HardSiLU>>(3);
  expect_right_gradients<Input<4, 3, 2>, Conv2DTranspose<3, 3, Same, GELU>, ReLU, LeakyReLU<>, ELU<>, Softmax>();
}

TEST_CASE("a layer with GELU is one layer to its user") {
  using Encoder =
      Sequential<Input<4, 4, 1>, Conv2D<3, 3, Same, GELU>, Named<"code", Conv2D<2, 3, Strides<2>, Same, SiLU>>>;
  using Decoder = Sequential<Input<2, 2, 2>, UpSampling2D<2>, Conv2D<1, 3, Same, GELU>>;
  const Sequential<Encoder, Decoder> whole(Seed{1});
  const auto x = random_batch<decltype(whole)>(3);
  const auto same = [](const auto& a, const auto& b) {
    return a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
  };

  SUBCASE("it computes what the layer and the activation apart compute") {
    const Sequential<Input<4, 4, 1>, Conv2D<3, 3, Same>, Activation<GELU>, Conv2D<2, 3, Strides<2>, Same>,
                     Activation<SiLU>>
        apart(Seed{5});
    Encoder encoder = whole.part<0>();
    for (std::size_t t = 0; t < 4; ++t)
      std::copy_n(apart.parameters()[t].data, apart.parameters()[t].size(), encoder.parameters()[t].data);
    CHECK(same(encoder.predict(x), apart.predict(x)));
  }
  SUBCASE("names, parts and summary count it once") {
    std::vector<std::string> names;
    for (const auto& parameter : whole.parameters()) names.push_back(parameter.name);
    CHECK(names == std::vector<std::string>{"conv2d/kernel", "conv2d/bias", "code/kernel", "code/bias",
                                            "conv2d_1/kernel", "conv2d_1/bias"});
    CHECK(whole.part<1>().parameters()[0].name == "conv2d_1/kernel");
    CHECK(whole.part<1>().parameters()[0].data == whole.parameters()[4].data);
    CHECK(same(whole.part<1>().predict(whole.part<0>().predict(x)), whole.predict(x)));
    const std::string table = whole.summary();
    CHECK(table.find("conv2d_2") == std::string::npos);
    CHECK(table.find("(Activation)") == std::string::npos);
    CHECK(table.find("code (Conv2D)") != std::string::npos);
  }
  SUBCASE("on another input size") {
    const auto larger = whole.on<Input<8, 8, 1>>();
    CHECK(larger.parameters()[4].name == "conv2d_1/kernel");
    CHECK(larger.predict(random_batch<decltype(larger)>(1)).dimension(1) == 8);
  }
  SUBCASE("two of one name are refused all the same") {
    using Twice = Sequential<Input<3>, Named<"dense", Dense<4, GELU>>, Dense<5, GELU>>;
    CHECK_THROWS_WITH_AS(Twice(Seed{1}), doctest::Contains("\"dense\""), std::invalid_argument);
  }
}
