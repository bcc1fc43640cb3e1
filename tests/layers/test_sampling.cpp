// Sampling: the gradients, the divergence, and the random numbers.
#include <map>
#include <numbers>
#include <set>

#include "random_batch.hpp"

using namespace latent;

namespace {

constexpr Index size = 10;

/// Nothing but Sampling: z_mean and z_log_var are the Inputs.
template <class Scalar, Index numbers, class... Options>
using Alone = Model<Scalar, Named<"z_mean", Input<numbers>>, Named<"z_log_var", Input<numbers>>, Sampling<Options...>>;

/// The epsilon of `samples` samples in one step: with z_mean = 0 and z_log_var = 0 it is what the layer gives.
std::vector<double> epsilon(Index samples, const CallMode& mode) {
  Tensor<2, double> x(samples, size);
  x.setZero();
  const auto z = Alone<double, size>().call({x, x}, mode);
  return {z.data(), z.data() + z.size()};
}
CallMode training(std::uint64_t seed, std::uint32_t step) { return {.training = true, .seed = {seed}, .step = step}; }

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum / static_cast<double>(a.size());
}

/// P(|x| > t) for a normal x.
double tail(double t) { return std::erfc(t / std::numbers::sqrt2); }

}  // namespace

TEST_CASE("gradients with epsilon frozen") {
  expect_right_gradients<Named<"z_mean", Input<2>>, Named<"z_log_var", Input<2>>, Sampling<>>(5);
  expect_right_gradients<Input<6>, Named<"h", Dense<6, Tanh>>, Named<"m", Dense<3>>, From<"h">, Named<"v", Dense<3>>,
                         Sampling<Beta<2.5>, Of<"m", "v">>, Dense<4, Sigmoid>>(40);
  expect_right_gradients<Input<5>, Named<"h", Dense<4, Tanh>>, Named<"z_mean", Dense<2>>, From<"h">,
                         Named<"z_log_var", Dense<2>>, Sampling<>, Dense<5, Sigmoid>>(7);
}

TEST_CASE("gradients of codes that are images, and of heads that others read, too") {
  expect_right_gradients<Input<4, 4, 1>, Named<"h", Conv2D<3, 3, Same, Tanh>>, Named<"z_mean", Conv2D<2, 3, Same>>,
                         From<"h">, Named<"z_log_var", Conv2D<2, 1>>, Sampling<>, Concatenate<"z_mean">,
                         Conv2D<1, 3, Same>>(3);
}

TEST_CASE("gradients of a conditional model: the label is an Input of encoder and decoder") {
  using Encoder = Sequential<Named<"x", Input<5>>, Named<"label", Input<3>>, From<"x">, Concatenate<"label">,
                             Named<"h", Dense<5, Tanh>>, Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>;
  using Decoder = Sequential<Named<"z", Input<2>>, Named<"label", Input<3>>, From<"z">, Concatenate<"label">, Dense<5, Sigmoid>>;
  expect_right_gradients<Encoder, Sampling<>, Decoder>(6);
}

TEST_CASE("the divergence, by hand") {
  // N(1, e) and N(0, 1 / e^2): -(1 + 1 - 1 - e) / 2 and -(1 - 2 - 0 - e^-2) / 2.
  Tensor<2, double> z_mean(2, 2), z_log_var(2, 2);
  z_mean.setValues({{1, 0}, {1, 0}}), z_log_var.setValues({{1, -2}, {1, -2}});
  const double e = std::numbers::e, expected = -(1 - e) / 2 - (-1 - 1 / (e * e)) / 2;
  const auto divergence = [&](const auto& model) { return model.losses({z_mean, z_log_var}).at("kl_loss"); };
  CHECK(divergence(Alone<double, 2>()) == doctest::Approx(expected).epsilon(1e-14));
  CHECK(divergence(Alone<double, 2, Beta<4>>()) == doctest::Approx(4 * expected).epsilon(1e-14));
}

TEST_CASE("exp(z_log_var) goes on as a straight line beyond 40") {
  using On = Sampling<>::On<Shapes<Shape<2>, Shape<2>>, double>;
  for (const double power : {0.5, 1.0}) {
    const auto at = [&](double log_var) { return On::exp(log_var, power); };
    CHECK(at(-3) == std::exp(-3 * power));
    CHECK(at(39.5) == std::exp(39.5 * power));
    CHECK(at(40) == std::exp(40 * power));
    CHECK(at(50) == doctest::Approx(std::exp(40 * power) * (1 + 10 * power)).epsilon(1e-14));
    CHECK(std::isfinite(at(1e30)));
    for (const double log_var : {-1.0, 10.0, 39.0, 41.0, 60.0}) {
      const double h = 1e-5, slope = (at(log_var + h) - at(log_var - h)) / (2 * h);
      CHECK(power * On::derivative_of_exp(log_var, power) == doctest::Approx(slope).epsilon(1e-7));
    }
  }
  // All the way: a divergence and a code that are finite, and gradients that are those of the line.
  Tensor<2, double> z_mean(1, 2), z_log_var(1, 2);
  z_mean.setZero(), z_log_var.setConstant(60);
  CHECK(Alone<double, 2>().losses({z_mean, z_log_var}).at("kl_loss") ==
        doctest::Approx(-(1 + 60 - std::exp(40) * 21)).epsilon(1e-14));
}

namespace {
struct WarmUp {
  static double beta_at(const Call& call) { return 0.25 * (call.step + 1); }
};
}  // namespace
TEST_CASE("a beta that changes with the step") {
  const Alone<double, 2, BetaFrom<WarmUp>> changing;
  const Alone<double, 2> constant;
  const auto x = random_batch<Model<double, Input<2>, Dense<1>>>(5);
  for (std::uint32_t step : {0u, 3u, 7u})
    CHECK(changing.losses({x, x}, training(1, step)).at("kl_loss") ==
          doctest::Approx(0.25 * (step + 1) * constant.losses({x, x}).at("kl_loss")).epsilon(1e-14));
  const GradientReport report = [&] {
    Model<double, Named<"x", Input<2>>, Named<"z_mean", Dense<2, Tanh>>, From<"x">, Named<"z_log_var", Dense<2>>,
          Sampling<BetaFrom<WarmUp>>, Dense<3>>
        model(Seed{2});
    return check_gradients(model, x, 1e-8, training(1, 5));
  }();
  CHECK_MESSAGE(report.passed, report);
}

TEST_CASE("outside of training z is z_mean") {
  const auto x = random_batch<Sequential<Input<2>, Dense<1>>>(5);
  const auto z = Alone<float, 2>().predict({x, x});
  for (Index n = 0; n < 5; ++n)
    for (Index i = 0; i < 2; ++i) CHECK(z(n, i) == x(n, i));
}

TEST_CASE("no z_log_var makes anything overflow, and the gradient still points back") {
  const Alone<float, 1> model;
  Tensor<2> dy(1, 1);
  dy.setConstant(1);
  for (float log_var : {-1e30f, -1000.0f, -88.0f, 0.0f, 39.9f, 40.1f, 88.8f, 1000.0f, 1e15f}) {
    CAPTURE(log_var);
    Tensor<2> z_mean(1, 1), z_log_var(1, 1);
    z_mean(0, 0) = 0.5f, z_log_var(0, 0) = log_var;
    CHECK(std::isfinite(model.call({z_mean, z_log_var}, training(1, 0))(0, 0)));
    CHECK(std::isfinite(model.losses({z_mean, z_log_var}).at("kl_loss")));
    const auto gradients = model.backward({z_mean, z_log_var}, dy, training(1, 0));
    const float d_log_var = std::get<1>(gradients.dx)(0, 0);
    CHECK(std::isfinite(d_log_var * d_log_var));
    if (log_var > 30) CHECK(d_log_var > 1e10f);
    if (log_var < -30) CHECK(d_log_var == doctest::Approx(-0.5f));
  }
  // The straight line beyond exp(40) continues the curve.
  Tensor<2> z_mean(2, 1), z_log_var(2, 1), nothing(2, 1);
  z_mean.setZero(), nothing.setZero(), z_log_var.setValues({{39.9999f}, {40.0001f}});
  const auto d_log_var = std::get<1>(model.backward({z_mean, z_log_var}, nothing).dx);
  CHECK(d_log_var(0, 0) == doctest::Approx(d_log_var(1, 0)).epsilon(1e-3));
}

TEST_CASE("epsilon has the moments and the tails of N(0, 1)") {
  const std::vector<double> e = epsilon(50000, training(1, 0));
  const double count = static_cast<double>(e.size());
  double moments[5] = {};
  for (double v : e)
    for (int k = 1; k <= 4; ++k) moments[k] += std::pow(v, k) / count;
  // The k-th sample moment varies by sqrt((E x^2k - (E x^k)^2) / count); 5 standard deviations.
  const double variance[] = {0, 1, 2, 15, 96}, expected[] = {1, 0, 1, 0, 3};
  for (int k = 1; k <= 4; ++k) CHECK(std::abs(moments[k] - expected[k]) < 5 * std::sqrt(variance[k] / count));
  for (double t : {1.0, 2.0, 3.0, 4.0}) {
    const double beyond =
        static_cast<double>(std::count_if(e.begin(), e.end(), [&](double v) { return std::abs(v) > t; }));
    const double p = tail(t);
    CHECK(std::abs(beyond / count - p) < 5 * std::sqrt(p * (1 - p) / count));
  }
}

TEST_CASE("epsilon: number i of a sample's code is one of a stream") {
  Call call(4, {.training = true, .seed = Seed{3}, .step = 2});
  CHECK(detail::NormalEpsilon<5>::draw(call, 3, 2) == call.random(Purpose::sampling).normal(17));
}

TEST_CASE("epsilon differs from sample to sample, number to number, step to step and seed to seed") {
  constexpr Index samples = 20000;
  const auto first = epsilon(samples, training(1, 0));
  const double bound = 5 / std::sqrt(static_cast<double>(first.size()));
  CHECK(epsilon(samples, training(1, 0)) == first);
  for (const auto& other : {epsilon(samples, training(1, 1)), epsilon(samples, training(1, 2)),
                            epsilon(samples, training(2, 0)), epsilon(samples, training(std::uint64_t{1} << 40, 0))})
    CHECK(std::abs(correlation(first, other)) < bound);
  for (const std::size_t lag :
       {std::size_t{1}, std::size_t{2}, std::size_t{size}, std::size_t{2 * size}, std::size_t{64 * size}}) {
    const std::vector<double> early(first.begin(), first.end() - static_cast<std::ptrdiff_t>(lag)),
        late(first.begin() + static_cast<std::ptrdiff_t>(lag), first.end());
    CHECK(std::abs(correlation(early, late)) < bound * 1.1);
  }
  CHECK(std::set<double>(first.begin(), first.end()).size() > first.size() - 20);  // 32 bits make a few equal by chance

  // Two such layers in one model draw different numbers.
  const Model<double, Named<"z_mean", Input<size>>, Named<"z_log_var", Input<size>>, Named<"first", Sampling<>>,
              Named<"second", Sampling<>>>
      two;
  Tensor<2, double> x(samples, size);
  x.setZero();
  const auto [one, other] = two.call({x, x}, training(1, 0));
  CHECK(std::equal(first.begin(), first.end(), one.data()));
  CHECK(std::abs(correlation(first, {other.data(), other.data() + other.size()})) < bound);
}

TEST_CASE("what a sample draws does not depend on the batch it is in, nor on the threads") {
  const auto many = epsilon(100, training(7, 3)), few = epsilon(37, training(7, 3));
  CHECK(std::equal(few.begin(), few.end(), many.begin()));

  using M = Sequential<Input<12>, Named<"h", Dense<8, Tanh>>, Named<"z_mean", Dense<2>>, From<"h">,
                       Named<"z_log_var", Dense<2>>, Sampling<>, Dense<12, Sigmoid>>;
  const auto train = [&](int threads) {
    M model(Seed{1});
    Tensor<2> x = random_batch<M>(200);
    x = x.abs() / 4.0f;
    const History history =
        compile(model, Adam{}, SumOverPixels<BinaryCrossentropy>{})
            .fit(x, x, {.epochs = 3, .batch_size = 50, .verbose = {}, .seed = {5}, .threads = threads});
    return std::pair{std::vector<float>(model.data(), model.data() + M::network::buffer_size), history.history};
  };
  const auto [one, history] = train(1);
  for (int threads : {2, 3, 16}) {
    const auto [several, other] = train(threads);
    CHECK(several == one);
    CHECK(other == history);
  }
  CHECK(history.at("loss").back() ==
        doctest::Approx(history.at("kl_loss").back() + history.at("reconstruction_loss").back()));
}

TEST_CASE("a loss of a layer's own is not warned of, unless it says how small is too small") {
  const OwnLoss silent{"my_loss"};
  CHECK(silent.least == 0);
  CHECK((silent.others == nullptr && silent.warning == nullptr));
}
