#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {

struct Moments {
  double n, mean, variance, largest, within_1;  // within one standard deviation of a normal before truncation
};

template <class Kernel, class Bias = Zeros>
using Conv = Sequential<Input<14, 14, 32>, Conv2D<64, 3, KernelInitializer<Kernel>, BiasInitializer<Bias>>>;
constexpr double fan_in = 9 * 32, fan_out = 9 * 64;

template <class Tensor>
Moments moments(const Tensor& tensor, double deviation) {
  double sum = 0, squares = 0, largest = 0, within = 0;
  for (Index i = 0; i < tensor.size(); ++i) {
    const double v = tensor.data[i];
    sum += v, squares += v * v, largest = std::max(largest, std::abs(v)), within += std::abs(v) < deviation;
  }
  const double n = static_cast<double>(tensor.size());
  return {n, sum / n, squares / n - sum * sum / (n * n), largest, within / n};
}

// Bounds are five standard errors: a right initialiser exceeds one with a probability of 6e-7. 1e-7: rounding to float.

template <class Model>
void expect_uniform(double variance) {
  const Model model(Seed{1});
  const double limit = std::sqrt(3 * variance);
  const Moments m = moments(model.parameters()[0], limit);
  CHECK(m.largest <= limit * (1 + 1e-7));
  CHECK(m.largest > limit * (1 - 20 / m.n));  // the largest of n falls short of it by limit / n on average
  CHECK(std::abs(m.mean) < 5 * std::sqrt(variance / m.n));
  // The variance of x^2 is limit^4 (1 / 5 - 1 / 9).
  CHECK(std::abs(m.variance - variance) < 5 * limit * limit * std::sqrt(4.0 / 45 / m.n));
}

template <class Model>
void expect_truncated_normal(double variance) {
  const Model model(Seed{1});
  // With z normal and |z| <= 2, and q = 2 phi(2) / P(|z| <= 2): E z^2 = 1 - 2 q, E z^4 = 3 - 14 q.
  const double inside = std::erf(std::sqrt(2.0)), q = 2 * std::exp(-2) / std::sqrt(2 * std::numbers::pi) / inside;
  const double second = 1 - 2 * q, fourth = 3 - 14 * q, one = std::erf(std::sqrt(0.5)) / inside;
  const double deviation = std::sqrt(variance / second);
  const Moments m = moments(model.parameters()[0], deviation);
  CHECK(m.largest <= 2 * deviation * (1 + 1e-7));
  CHECK(m.largest > 1.99 * deviation);  // one in 900 is beyond
  CHECK(std::abs(m.mean) < 5 * std::sqrt(variance / m.n));
  CHECK(std::abs(m.variance - variance) < 5 * deviation * deviation * std::sqrt((fourth - second * second) / m.n));
  CHECK(std::abs(m.within_1 - one) < 5 * std::sqrt(one * (1 - one) / m.n));
}

}  // namespace

TEST_CASE("the uniform initialisers have Keras's bounds, means and variances") {
  expect_uniform<Sequential<Input<14, 14, 32>, Conv2D<64, 3>>>(2 / (fan_in + fan_out));
  expect_uniform<Conv<GlorotUniform>>(2 / (fan_in + fan_out));
  expect_uniform<Conv<HeUniform>>(2 / fan_in);
  expect_uniform<Sequential<Input<100>, Dense<200, KernelInitializer<HeUniform>>>>(2.0 / 100);
  // The kernel is (3, 3, 64, 32), and Keras reads the last axis as the outputs.
  expect_uniform<Sequential<Input<7, 7, 32>, Conv2DTranspose<64, 3, KernelInitializer<HeUniform>>>>(2.0 / (9 * 64));
}

TEST_CASE("the normal initialisers are truncated normal distributions of Keras's variance") {
  expect_truncated_normal<Conv<GlorotNormal>>(2 / (fan_in + fan_out));
  expect_truncated_normal<Conv<HeNormal>>(2 / fan_in);
  expect_truncated_normal<Sequential<Input<100>, Dense<200, ReLU, KernelInitializer<HeNormal>>>>(2.0 / 100);
}

TEST_CASE("constants, for kernels and biases") {
  const Conv<Constant<1, 8>, Ones> model(Seed{1});
  CHECK(Constant<0.1>::initializer.scale == Constant<1, 10>::initializer.scale);
  const auto kernel = model.parameters()[0], bias = model.parameters()[1];
  CHECK(std::all_of(kernel.data, kernel.data + kernel.size(), [](float v) { return v == 0.125f; }));
  CHECK(std::all_of(bias.data, bias.data + bias.size(), [](float v) { return v == 1; }));
  const Sequential<Input<3>, Dense<4, BiasInitializer<Constant<-2>>, KernelInitializer<Zeros>>> dense(Seed{1});
  CHECK(dense.parameters()[0].data[11] == 0);
  CHECK(dense.parameters()[1].data[3] == -2);
}

TEST_CASE("fans are read off shapes as Keras does") {
  using Fan = Initializer::Fan;
  CHECK(fan_of(std::array<Index, 2>{7, 5}, Fan::in) == 7);
  CHECK(fan_of(std::array<Index, 2>{7, 5}, Fan::average) == 6);
  CHECK(fan_of(std::array<Index, 4>{3, 2, 7, 5}, Fan::in) == 42);
  CHECK(fan_of(std::array<Index, 4>{3, 2, 7, 5}, Fan::average) == 36);
  CHECK(fan_of(std::array<Index, 1>{9}, Fan::average) == 9);
}

TEST_CASE("fans of no axis, of three, and of a batch of none") {
  using Fan = Initializer::Fan;
  CHECK(fan_of({}, Fan::in) == 1);
  CHECK(fan_of(std::array<Index, 3>{2, 7, 5}, Fan::in) == 14);
  CHECK(fan_of(std::array<Index, 3>{2, 7, 5}, Fan::average) == 12);
}

TEST_CASE("value k depends on k alone: the number k of a stream; one that lies too far out is drawn again further on") {
  const Random random(Seed{4}, Purpose::initializer);
  const std::array<Index, 2> shape{60, 50};
  std::vector<double> uniform(3001, -7), normal(3001, -7);  // and a number behind them
  initialize(Initializer::he_uniform, shape, random, uniform.data());
  initialize(Initializer::glorot_normal, shape, random, normal.data());
  int again = 0;
  double worst = 0;
  for (Index k = 0; k < 3000; ++k) {
    double expected = random.normal(k);
    for (Index i = k + 3000; std::abs(expected) > 2; i += 3000) expected = random.normal(i), ++again;
    const double at_k = normal[static_cast<std::size_t>(k)], deviation = std::sqrt(1 / 55.0) / 0.87962566103423978;
    worst = std::max(
        {worst, std::abs(at_k - expected * deviation),
         std::abs(uniform[static_cast<std::size_t>(k)] - std::sqrt(3 * 2 / 60.0) * (2 * random.uniform(k) - 1))});
  }
  CHECK(worst < 1e-15);
  CHECK(again > 50);
  CHECK((uniform.back() == -7 && normal.back() == -7));
}
