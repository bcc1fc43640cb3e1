// Sampling: the gradients, the divergence, and the random numbers.
#include <map>
#include <numbers>
#include <set>

#include "random_batch.hpp"

using namespace latent;

namespace {

constexpr Index size = 10;

/// The epsilon of `samples` samples in one step: with z_mean = 0 and z_log_var = 0 it is what the layer gives.
std::vector<double> epsilon(Index samples, const CallMode& mode) {
  Model<double, Input<2 * size>, Sampling<size>> model;
  Tensor<2, double> x(samples, 2 * size);
  x.setZero();
  const auto z = model.call(x, mode);
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
  expect_right_gradients<Input<4>, Sampling<2>>(5);
  expect_right_gradients<Input<6>, Dense<6, Tanh>, Sampling<3, Beta<2.5>>, Dense<4, Sigmoid>>(40);
  expect_right_gradients<Input<5>, Dense<4, Tanh>, Fork<Named<"z_mean", Dense<2>>, Named<"z_log_var", Dense<2>>>,
                         Sampling<2>, Dense<5, Sigmoid>>(7);
}

TEST_CASE("gradients of a conditional model: what follows the two heads is passed on") {
  expect_right_gradients<Input<8>, Fork<Dense<5, Tanh>, Channels<5, 3>>,
                         Fork<Named<"z_mean", Dense<2>>, Named<"z_log_var", Dense<2>>, Channels<5, 3>>, Sampling<2>,
                         Dense<5, Sigmoid>>(6);
  const Sequential<Input<7>, Sampling<2>> model;
  const auto x = random_batch<decltype(model)>(3);
  const auto z = model.call(x, training(1, 0));
  for (Index n = 0; n < 3; ++n)
    for (Index i = 0; i < 3; ++i) CHECK(z(n, 2 + i) == x(n, 4 + i));
}

TEST_CASE("the divergence, by hand") {
  // N(1, e) and N(0, 1 / e^2): -(1 + 1 - 1 - e) / 2 and -(1 - 2 - 0 - e^-2) / 2.
  Tensor<2, double> x(2, 4);
  x.setValues({{1, 0, 1, -2}, {1, 0, 1, -2}});
  const double e = std::numbers::e, expected = -(1 - e) / 2 - (-1 - 1 / (e * e)) / 2;
  CHECK(Model<double, Input<4>, Sampling<2>>().losses(x).at("kl_loss") == doctest::Approx(expected).epsilon(1e-14));
  CHECK(Model<double, Input<4>, Sampling<2, Beta<4>>>().losses(x).at("kl_loss") ==
        doctest::Approx(4 * expected).epsilon(1e-14));
}

namespace {
struct WarmUp {
  static double beta_at(const Call& call) { return 0.25 * (call.step + 1); }
};
}  // namespace
TEST_CASE("a beta that changes with the step") {
  const Model<double, Input<4>, Sampling<2, BetaFrom<WarmUp>>> changing;
  const Model<double, Input<4>, Sampling<2>> constant;
  const auto x = random_batch<Model<double, Input<4>, Sampling<2>>>(5);
  for (std::uint32_t step : {0u, 3u, 7u})
    CHECK(changing.losses(x, training(1, step)).at("kl_loss") ==
          doctest::Approx(0.25 * (step + 1) * constant.losses(x).at("kl_loss")).epsilon(1e-14));
  const GradientReport report = [&] {
    Model<double, Input<4>, Dense<4, Tanh>, Sampling<2, BetaFrom<WarmUp>>, Dense<3>> model(Seed{2});
    return check_gradients(model, x, 1e-8, training(1, 5));
  }();
  CHECK_MESSAGE(report.passed, report);
}

TEST_CASE("outside of training z is z_mean") {
  const Sequential<Input<4>, Sampling<2>> model;
  const auto x = random_batch<decltype(model)>(5);
  const auto z = model.predict(x);
  for (Index n = 0; n < 5; ++n)
    for (Index i = 0; i < 2; ++i) CHECK(z(n, i) == x(n, i));
}

TEST_CASE("no z_log_var makes anything overflow, and the gradient still points back") {
  using M = Sequential<Input<2>, Sampling<1>>;
  const M model;
  Tensor<2> dy(1, 1);
  dy.setConstant(1);
  for (float log_var : {-1e30f, -1000.0f, -88.0f, 0.0f, 39.9f, 40.1f, 88.8f, 1000.0f, 1e15f}) {
    CAPTURE(log_var);
    Tensor<2> x(1, 2);
    x.setValues({{0.5f, log_var}});
    CHECK(std::isfinite(model.call(x, training(1, 0))(0, 0)));
    CHECK(std::isfinite(model.losses(x).at("kl_loss")));
    const auto gradients = model.backward(x, dy, training(1, 0));
    CHECK(std::isfinite(gradients.dx(0, 1) * gradients.dx(0, 1)));
    if (log_var > 30) CHECK(gradients.dx(0, 1) > 1e10f);
    if (log_var < -30) CHECK(gradients.dx(0, 1) == doctest::Approx(-0.5f));
  }
  // The straight line beyond exp(40) continues the curve.
  Tensor<2> x(2, 2);
  x.setValues({{0, 39.9999f}, {0, 40.0001f}});
  const auto gradients = model.backward(x, Tensor<2>(Tensor<2>(2, 1).setZero()));
  CHECK(gradients.dx(0, 1) == doctest::Approx(gradients.dx(1, 1)).epsilon(1e-3));
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
  Model<double, Input<4 * size>, Fork<Channels<0, 2 * size>, Channels<2 * size, 2 * size>>, Sampling<size>> one;
  Model<double, Input<2 * size>, Activation<Linear>, Sampling<size>> later;
  Tensor<2, double> x(samples, 2 * size);
  x.setZero();
  const auto z = later.call(x, training(1, 0));
  CHECK(std::abs(correlation(first, {z.data(), z.data() + z.size()})) < bound);
}

TEST_CASE("what a sample draws does not depend on the batch it is in, nor on the threads") {
  const auto many = epsilon(100, training(7, 3)), few = epsilon(37, training(7, 3));
  CHECK(std::equal(few.begin(), few.end(), many.begin()));

  using M = Sequential<Input<12>, Dense<8, Tanh>, Fork<Dense<2>, Dense<2>>, Sampling<2>, Dense<12, Sigmoid>>;
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
