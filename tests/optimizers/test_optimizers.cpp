#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {

/// Two tensors of 3 and 2000 parameters (the second in two pieces) and three lanes of gradients.
struct Example {
  static constexpr Index second = 16, size = second + 2000, lanes = 3;
  std::vector<double> parameters = std::vector<double>(size), gradients = std::vector<double>(lanes * size);
  std::vector<NamedTensor<double>> tensors{{"a", {3}, parameters.data()}, {"b", {2000}, parameters.data() + second}};

  Example() {
    const Random random(Seed{4}, Purpose::test);
    for (const auto& tensor : tensors)
      for (Index i = tensor.data - parameters.data(), n = 0; n < tensor.size(); ++i, ++n) {
        parameters[static_cast<std::size_t>(i)] = random.normal(i);
        for (Index lane = 0; lane < lanes; ++lane)
          gradients[static_cast<std::size_t>(lane * size + i)] = random.normal((1 + lane) * size + i);
      }
  }
  double gradient(Index i) const {
    double sum = 0;
    for (Index lane = 0; lane < lanes; ++lane) sum += gradients[static_cast<std::size_t>(lane * size + i)];
    return sum;
  }
  double norm(Index from, Index to) const {
    double sum = 0;
    for (Index i = from; i < to; ++i) sum += gradient(i) * gradient(i);
    return std::sqrt(sum);
  }
  /// How far one step takes each parameter.
  template <class Optimizer>
  std::vector<double> moved(const Optimizer& optimizer) const {
    std::vector<double> v = parameters, g = gradients;
    engine::UpdaterOf<double, Optimizer> updater(optimizer, tensors, parameters.data(), size);
    updater.choose_rate();
    updater.update(v.data(), g.data(), lanes);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] -= parameters[i];
    return v;
  }
};

// (v - g) - v: two roundings of numbers up to 10.
constexpr double rounding = 20 * 2.2e-16;

}  // namespace

TEST_CASE("clipnorm clips each tensor, global_clipnorm all as one, clipvalue each number") {
  const Example example;
  const double norm_a = example.norm(0, 3), norm_b = example.norm(16, Example::size);
  const auto by_norm = example.moved(SGD{.learning_rate = 1, .clipnorm = 20});
  REQUIRE(norm_a < 20);
  REQUIRE(norm_b > 20);
  const auto globally = example.moved(SGD{.learning_rate = 1, .global_clipnorm = 20});
  const auto by_value = example.moved(SGD{.learning_rate = 1, .clipvalue = 0.5});
  const double global_norm = std::hypot(norm_a, norm_b);
  for (Index i = 0; i < Example::size; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double g = example.gradient(i);
    CHECK(std::abs(by_norm[at] + (i < 3 ? g : g * 20 / norm_b)) < rounding);
    CHECK(std::abs(globally[at] + g * 20 / global_norm) < rounding);
    CHECK(std::abs(by_value[at] + std::clamp(g, -0.5, 0.5)) < rounding);
  }
}

TEST_CASE("weights decay beside the gradients, with the learning rate of the schedule") {
  const Example example;
  const auto plain = example.moved(Adam{.learning_rate = 0.5}),
             decayed = example.moved(Adam{.learning_rate = 0.5, .weight_decay = 0.1});
  const auto w = example.moved(AdamW{.learning_rate = [](Index) { return 0.5; }, .weight_decay = 0.1});
  for (std::size_t i = 0; i < plain.size(); ++i) {
    CHECK(std::abs(decayed[i] - plain[i] + 0.05 * example.parameters[i]) < rounding);
    CHECK(std::abs(w[i] - decayed[i]) < rounding);  // not ==: where a vector lies decides which sums are fused
  }
}

TEST_CASE("a schedule is read at the steps taken before") {
  const Example example;
  std::vector<Index> asked;
  std::vector<double> v = example.parameters, g = example.gradients;
  const SGD optimizer{.learning_rate = [&](Index step) {
    asked.push_back(step);
    return 0.1;
  }};
  asked.clear();
  engine::UpdaterOf<double, SGD> updater(optimizer, example.tensors, example.parameters.data(), Example::size);
  for (int i = 0; i < 3; ++i) {
    updater.choose_rate();
    updater.update(v.data(), g.data(), Example::lanes);
  }
  CHECK(asked == std::vector<Index>{0, 1, 2});
}

TEST_CASE("Nadam's factors stay numbers for as long as one may train") {
  for (Index t : {1, 10, 1000, 10000, 1000000}) {
    const auto rates = Nadam{}.corrected_rate(t, 0.001);
    CHECK(rates.m > 0);
    CHECK(rates.g > 0);
    CHECK(rates.m < 0.01);
  }
  // In the limit: c = beta_1 and C = 0.
  CHECK(Nadam{}.corrected_rate(1000000, 0.001).m == doctest::Approx(0.0009).epsilon(1e-12));
  CHECK(Nadam{}.corrected_rate(1000000, 0.001).g == doctest::Approx(0.0001).epsilon(1e-12));
}

TEST_CASE("options at the ends of their range are taken") {
  const auto taken = [](const auto& it) { CHECK_NOTHROW(it.check_options()); };
  const auto refused = [](const auto& it) { CHECK_THROWS_AS(it.check_options(), std::invalid_argument); };
  const double below = 0.99999;
  taken(SGD{.momentum = 0}), taken(SGD{.momentum = 1});
  refused(SGD{.momentum = -1e-9}), refused(SGD{.momentum = 1.001});
  taken(Adam{.beta_1 = 0, .beta_2 = 0}), taken(Adam{.beta_1 = below, .beta_2 = below, .epsilon = 1e-300});
  refused(Adam{.beta_1 = 1}), refused(Adam{.beta_1 = -0.1}), refused(Adam{.beta_2 = 1}), refused(Adam{.epsilon = 0});
  taken(AdamW{.beta_1 = 0}), refused(AdamW{.beta_1 = 1}), refused(AdamW{.beta_2 = -0.1}), refused(AdamW{.epsilon = 0});
  taken(Nadam{.beta_1 = 0, .beta_2 = 0}), refused(Nadam{.beta_1 = 1}), refused(Nadam{.beta_2 = 1});
  refused(Nadam{.epsilon = 0});
  taken(Adamax{.beta_1 = 0, .beta_2 = 0}), refused(Adamax{.beta_1 = 1}), refused(Adamax{.beta_2 = 1});
  refused(Adamax{.epsilon = 0});
  taken(RMSprop{.rho = 0, .momentum = 0}), refused(RMSprop{.rho = 1}), refused(RMSprop{.momentum = -0.1});
  refused(RMSprop{.epsilon = 0});
  taken(Adagrad{.initial_accumulator_value = 0}), refused(Adagrad{.initial_accumulator_value = -1e-9});
  refused(Adagrad{.epsilon = 0});
  taken(Adadelta{.rho = 0}), refused(Adadelta{.rho = 1}), refused(Adadelta{.epsilon = 0});
  taken(Lion{.beta_1 = 1e-9, .beta_2 = 0}), taken(Lion{.beta_1 = 1, .beta_2 = 1});
  refused(Lion{.beta_1 = 0}), refused(Lion{.beta_1 = 1.001}), refused(Lion{.beta_2 = -1e-9});
  refused(Lion{.beta_2 = 1.001});
  taken(ExponentialDecay{.initial_learning_rate = 0, .decay_steps = 1, .decay_rate = 0});
  refused(ExponentialDecay{.initial_learning_rate = -1e-9, .decay_steps = 1, .decay_rate = 0});
  refused(ExponentialDecay{.initial_learning_rate = 0, .decay_steps = 0, .decay_rate = 0});
  refused(ExponentialDecay{.initial_learning_rate = 0, .decay_steps = 1, .decay_rate = -1e-9});
  taken(CosineDecay{.initial_learning_rate = 0, .decay_steps = 1, .alpha = 0, .warmup_target = 0, .warmup_steps = 0});
  refused(CosineDecay{.initial_learning_rate = -1e-9, .decay_steps = 1});
  refused(CosineDecay{.initial_learning_rate = 0, .decay_steps = 0});
  refused(CosineDecay{.initial_learning_rate = 0, .decay_steps = 1, .alpha = -1e-9});
  refused(CosineDecay{.initial_learning_rate = 0, .decay_steps = 1, .warmup_target = -1e-9});
  refused(CosineDecay{.initial_learning_rate = 0, .decay_steps = 1, .warmup_steps = -1});
  taken(PiecewiseConstantDecay{.boundaries = {1, 2}, .values = {0, 0.5, 1}});
  refused(PiecewiseConstantDecay{.boundaries = {1, 1}, .values = {0, 0.5, 1}});
  refused(PiecewiseConstantDecay{.boundaries = {1}, .values = {0, 0.5, 1}});
  refused(PiecewiseConstantDecay{.boundaries = {1}, .values = {0, -1e-9}});
  for (const auto& none : {Adam{.learning_rate = 0}, Adam{.weight_decay = 0}, Adam{.clipvalue = 0}})
    CHECK_NOTHROW(check_common_options(none));
}

TEST_CASE("a schedule that warms up: at once unless steps are given, along a line, then down by the cosine") {
  const CosineDecay at_once{.initial_learning_rate = 0.5, .decay_steps = 10, .warmup_target = 2};
  CHECK(at_once(0) == 2);
  CHECK(at_once(10) == doctest::Approx(0));
  const CosineDecay warm{
      .initial_learning_rate = 0.5, .decay_steps = 10, .alpha = 0.25, .warmup_target = 2, .warmup_steps = 4};
  CHECK(warm(0) == 0.5);
  CHECK(warm(1) == 0.875);
  CHECK(warm(4) == 2);
  CHECK(warm(9) == doctest::Approx(2 * (0.75 / 2 + 0.25)));
  CHECK(warm(14) == doctest::Approx(0.5));
  CHECK(warm(100) == doctest::Approx(0.5));
  CHECK(CosineDecay{.initial_learning_rate = 3, .decay_steps = 10}(0) == 3);
}

TEST_CASE("options of optimisers and schedules outside their range are refused") {
  Sequential<Input<2>, Dense<3>> model;
  const auto refused = [&](const auto& optimizer, const char* message) {
    CHECK_THROWS_WITH_AS(compile(model, optimizer, MeanSquaredError{}), message, std::invalid_argument);
  };
  refused(Adam{.learning_rate = -1}, "Adam: learning_rate is at least 0, received -1");
  refused(Adam{.beta_2 = 1}, "Adam: beta_2 is within 0..1, 1 excluded, received 1");
  refused(AdamW{.weight_decay = -0.5}, "AdamW: weight_decay is at least 0, received -0.5");
  refused(RMSprop{.epsilon = 0}, "RMSprop: epsilon is more than 0, received 0");
  refused(Adadelta{.rho = 1}, "Adadelta: rho is within 0..1, 1 excluded, received 1");
  refused(Adagrad{.initial_accumulator_value = -1}, "Adagrad: initial_accumulator_value is at least 0, received -1");
  refused(Lion{.beta_1 = 0}, "Lion: beta_1 is within 0..1, 0 excluded, received 0");
  refused(
      SGD{.clipnorm = 1, .clipvalue = 2},
      "SGD: expected at most one of clipnorm, clipvalue and global_clipnorm, and none below 0, received clipnorm = 1, "
      "clipvalue = 2, global_clipnorm = 0");
  refused(Nadam{.global_clipnorm = -1},
          "Nadam: expected at most one of clipnorm, clipvalue and global_clipnorm, and none below 0, received clipnorm "
          "= 0, "
          "clipvalue = 0, global_clipnorm = -1");

  const auto refused_schedule = [&](const auto& schedule, const char* message) {
    CHECK_THROWS_WITH_AS(LearningRate{schedule}, message, std::invalid_argument);
  };
  refused_schedule(ExponentialDecay{.initial_learning_rate = 1, .decay_steps = 0, .decay_rate = 1},
                   "ExponentialDecay: decay_steps is more than 0, received 0");
  refused_schedule(CosineDecay{.initial_learning_rate = 1, .decay_steps = -2},
                   "CosineDecay: decay_steps is more than 0, received -2");
  refused_schedule(
      PiecewiseConstantDecay{.boundaries = {1, 2}, .values = {1, 2}},
      "PiecewiseConstantDecay: expected one value more than boundaries, received 2 boundaries and 2 values");
  refused_schedule(PiecewiseConstantDecay{.boundaries = {2, 2}, .values = {1, 2, 3}},
                   "PiecewiseConstantDecay: boundaries become larger, received 2 before 2");
}
