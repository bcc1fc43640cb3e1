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
    updater.update(v.data(), g.data(), lanes, 1);
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
    updater.update(v.data(), g.data(), Example::lanes, 1);
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
  taken(InverseTimeDecay{.initial_learning_rate = 0, .decay_steps = 1, .decay_rate = 0});
  refused(InverseTimeDecay{.initial_learning_rate = -1e-9, .decay_steps = 1, .decay_rate = 0});
  refused(InverseTimeDecay{.initial_learning_rate = 0, .decay_steps = 0, .decay_rate = 0});
  refused(InverseTimeDecay{.initial_learning_rate = 0, .decay_steps = 1, .decay_rate = -1e-9});
  taken(PolynomialDecay{.initial_learning_rate = 0, .decay_steps = 1, .end_learning_rate = 0, .power = 0});
  refused(PolynomialDecay{.initial_learning_rate = -1e-9, .decay_steps = 1});
  refused(PolynomialDecay{.initial_learning_rate = 0, .decay_steps = 0});
  refused(PolynomialDecay{.initial_learning_rate = 0, .decay_steps = 1, .end_learning_rate = -1e-9});
  refused(PolynomialDecay{.initial_learning_rate = 0, .decay_steps = 1, .power = -1e-9});
  taken(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 1, .t_mul = 1, .m_mul = 0, .alpha = 0});
  refused(CosineDecayRestarts{.initial_learning_rate = -1e-9, .first_decay_steps = 1});
  refused(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 0});
  taken(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 1, .t_mul = 1.0001});
  refused(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 1, .t_mul = 0.999});
  refused(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 1, .t_mul = 1.00009});
  refused(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 1, .m_mul = -1e-9});
  refused(CosineDecayRestarts{.initial_learning_rate = 0, .first_decay_steps = 1, .alpha = -1e-9});
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

  const double infinite = std::numeric_limits<double>::infinity();
  refused(SGD{.learning_rate = infinite}, "SGD: learning_rate is a finite number, received inf");
  refused(Adam{.weight_decay = infinite}, "Adam: weight_decay is a finite number, received inf");
  refused(Adam{.clipnorm = infinite}, "Adam: clipnorm is a finite number, received inf");
  refused(Adam{.clipvalue = infinite}, "Adam: clipvalue is a finite number, received inf");
  refused(Adam{.global_clipnorm = infinite}, "Adam: global_clipnorm is a finite number, received inf");
  refused(RMSprop{.epsilon = infinite}, "RMSprop: epsilon is a finite number, received inf");
  // What the type of the parameters cannot hold.
  refused(RMSprop{.epsilon = 1e-46}, "RMSprop: epsilon is 0 as a float, received 1e-46");
  Model<double, Input<2>, Dense<3>> in_double;
  CHECK_NOTHROW(compile(in_double, RMSprop{.epsilon = 1e-46}, MeanSquaredError{}));
  CHECK_THROWS_WITH_AS(LearningRate{std::function<double(Index)>()}, "learning_rate: the schedule is an empty function",
                       std::invalid_argument);

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
  refused_schedule(PiecewiseConstantDecay{.boundaries = {2, 5, 3}, .values = {1, 2, 3, 4}},
                   "PiecewiseConstantDecay: boundaries become larger, received 5 before 3");
}

namespace {

/// Five weights after three steps of an optimiser, by its own update.
template <class Optimizer>
std::vector<double> after_steps(const Optimizer& optimizer, const std::vector<std::vector<double>>& gradients) {
  std::vector<double> w{0.5, -1, 2, 0.25, -0.125}, state(3 * 8);
  for (std::size_t t = 0; t < gradients.size(); ++t) {
    Slice<double> weights(w.data(), 5);
    const Slice<const double> g(gradients[t].data(), 5);
    const State<double> slots{state.data(), 8, 5};
    if constexpr (requires { optimizer.corrected_rate(1, 0.1); })
      optimizer.template update<double>(optimizer.corrected_rate(static_cast<Index>(t) + 1, 0.1), weights, g, slots);
    else
      optimizer.template update<double>(0.1, weights, g, slots);
  }
  for (const std::size_t i : {5u, 6u, 7u, 13u, 14u, 15u, 21u, 22u, 23u}) CHECK(state[i] == 0);  // not its own
  return w;
}
/// The same by a formula for one weight: step(w, g, t) with t = 1, 2 ... and three numbers that it keeps.
template <class Step>
void expect_steps(const std::vector<double>& received, const std::vector<std::vector<double>>& gradients,
                  const Step& step) {
  const double start[] = {0.5, -1, 2, 0.25, -0.125};
  for (std::size_t i = 0; i < 5; ++i) {
    double w = start[i], a = 0, b = 0, c = 0;
    for (std::size_t t = 0; t < gradients.size(); ++t) step(w, gradients[t][i], static_cast<int>(t) + 1, a, b, c);
    CHECK(received[i] == doctest::Approx(w).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("each optimiser by the formula of its paper, with every option") {
  const std::vector<std::vector<double>> g{{0.3, -2, 0, 1, 0.01}, {-0.1, 1, 0.5, 1, 0.02}, {0.2, 0.1, -0.25, 1, -0.3}};
  expect_steps(after_steps(SGD{}, g), g, [](double& w, double d, auto&&...) { w -= 0.1 * d; });
  expect_steps(after_steps(SGD{.momentum = 0.75}, g), g,
               [](double& w, double d, int, double& m, auto&&...) { m = 0.75 * m - 0.1 * d, w += m; });
  expect_steps(after_steps(SGD{.momentum = 0.75, .nesterov = true}, g), g,
               [](double& w, double d, int, double& m, auto&&...) { m = 0.75 * m - 0.1 * d, w += 0.75 * m - 0.1 * d; });
  for (const bool amsgrad : {false, true}) {
    const auto adam = [&](double& w, double d, int t, double& m, double& v, double& largest) {
      m = 0.8 * m + 0.2 * d, v = 0.7 * v + 0.3 * d * d, largest = std::max(largest, v);
      const double rate = 0.1 * std::sqrt(1 - std::pow(0.7, t)) / (1 - std::pow(0.8, t));
      w -= rate * m / (std::sqrt(amsgrad ? largest : v) + 0.01);
    };
    expect_steps(after_steps(Adam{.beta_1 = 0.8, .beta_2 = 0.7, .epsilon = 0.01, .amsgrad = amsgrad}, g), g, adam);
    expect_steps(after_steps(AdamW{.beta_1 = 0.8, .beta_2 = 0.7, .epsilon = 0.01, .amsgrad = amsgrad}, g), g, adam);
  }
  expect_steps(after_steps(Adamax{.beta_1 = 0.8, .beta_2 = 0.7, .epsilon = 0.01}, g), g,
               [](double& w, double d, int t, double& m, double& u, auto&&...) {
                 m = 0.8 * m + 0.2 * d, u = std::max(0.7 * u, std::abs(d));
                 w -= 0.1 / (1 - std::pow(0.8, t)) * m / (u + 0.01);
               });
  expect_steps(after_steps(Nadam{.beta_1 = 0.8, .beta_2 = 0.7, .epsilon = 0.01}, g), g,
               [](double& w, double d, int t, double& m, double& v, auto&&...) {
                 const auto c = [](int i) { return 0.8 * (1 - 0.5 * std::pow(0.96, i)); };
                 double product = 1;  // c(1) c(2) ... c(t)
                 for (int i = 1; i <= t; ++i) product *= c(i);
                 m = 0.8 * m + 0.2 * d, v = 0.7 * v + 0.3 * d * d;
                 const double m_hat = c(t + 1) * m / (1 - product * c(t + 1)) + (1 - c(t)) * d / (1 - product);
                 w -= 0.1 * m_hat / (std::sqrt(v / (1 - std::pow(0.7, t))) + 0.01);
               });
  for (const bool centered : {false, true})
    expect_steps(after_steps(RMSprop{.rho = 0.8, .momentum = 0.5, .epsilon = 0.01, .centered = centered}, g), g,
                 [&](double& w, double d, int, double& v, double& m, double& a) {
                   v = 0.8 * v + 0.2 * d * d, a = 0.8 * a + 0.2 * d;
                   m = 0.5 * m + 0.1 * d / std::sqrt(v - (centered ? a * a : 0) + 0.01), w -= m;
                 });
  expect_steps(
      after_steps(Adagrad{.initial_accumulator_value = 0.5, .epsilon = 0.01}, g), g,
      [](double& w, double d, int, double& a, auto&&...) { a += d * d, w -= 0.1 * d / std::sqrt(a + 0.5 + 0.01); });
  expect_steps(after_steps(Adadelta{.rho = 0.8, .epsilon = 0.01}, g), g,
               [](double& w, double d, int, double& a, double& s, auto&&...) {
                 a = 0.8 * a + 0.2 * d * d;
                 const double step = std::sqrt((s + 0.01) / (a + 0.01)) * d;
                 w -= 0.1 * step, s = 0.8 * s + 0.2 * step * step;
               });
  expect_steps(after_steps(Lion{.beta_1 = 0.8, .beta_2 = 0.7}, g), g,
               [](double& w, double d, int, double& m, auto&&...) {
                 const double c = 0.8 * m + 0.2 * d;
                 w -= 0.1 * static_cast<double>((c > 0) - (c < 0)), m = 0.7 * m + 0.3 * d;
               });
}

TEST_CASE("defaults are Keras's, and each optimiser keeps as many numbers as it needs") {
  const auto common = [](const auto& o, double rate, double decay = 0) {
    CHECK(o.learning_rate(7) == rate);
    CHECK(o.weight_decay == decay);
    CHECK(o.clipnorm + o.clipvalue + o.global_clipnorm == 0);
    CHECK(std::size(std::remove_cvref_t<decltype(o)>::slot_names) >= static_cast<std::size_t>(o.slot_count()));
  };
  common(SGD{}, 0.01), common(Adam{}, 0.001), common(AdamW{}, 0.001, 0.004), common(Nadam{}, 0.001);
  common(Adamax{}, 0.001), common(RMSprop{}, 0.001), common(Adagrad{}, 0.001), common(Adadelta{}, 0.001);
  common(Lion{}, 0.001);
  for (const double epsilon : {Adam{}.epsilon, AdamW{}.epsilon, Nadam{}.epsilon, Adamax{}.epsilon, RMSprop{}.epsilon,
                               Adagrad{}.epsilon, Adadelta{}.epsilon})
    CHECK(epsilon == 1e-7);
  CHECK(SGD{}.slot_count() == 0);
  CHECK(SGD{.momentum = 0.5}.slot_count() == 1);
  CHECK(Adam{}.slot_count() == 2);
  CHECK(Adam{.amsgrad = true}.slot_count() == 3);
  CHECK(AdamW{}.slot_count() == 2);
  CHECK(AdamW{.amsgrad = true}.slot_count() == 3);
  CHECK(RMSprop{}.slot_count() == 2);
  CHECK(RMSprop{.centered = true}.slot_count() == 3);
  CHECK(Nadam{}.slot_count() + Adamax{}.slot_count() + Adadelta{}.slot_count() == 6);
  CHECK(Adagrad{}.slot_count() + Lion{}.slot_count() == 2);
  CHECK(RMSprop{}.momentum == 0);
  CHECK(SGD{}.nesterov == false);
  CHECK(ExponentialDecay{1, 1, 1}.staircase == false);
  CHECK(CosineDecay{1, 1}.alpha + CosineDecay{1, 1}.warmup_steps == 0);
  CHECK(!LearningRate(0.5).is_schedule());
  CHECK(LearningRate(ExponentialDecay{1, 1, 1}).is_schedule());
  // Options that are taken: one way to clip, and any learning rate of a schedule. Two ways, or a number below 0, are not.
  CHECK_NOTHROW(check_common_options(SGD{.learning_rate = [](Index) { return -1.0; }}));
  for (const double norm : {-1, 0, 1})
    for (const double value : {-1, 0, 1})
      for (const double global : {-1, 0, 1}) {
        const SGD o{.clipnorm = norm, .clipvalue = value, .global_clipnorm = global};
        if (std::min({norm, value, global}) == 0 && norm + value + global <= 1)
          CHECK_NOTHROW(check_common_options(o));
        else
          CHECK_THROWS_AS(check_common_options(o), std::invalid_argument);
      }
}

TEST_CASE("schedules at and around their steps") {
  const PiecewiseConstantDecay constant{.boundaries = {2, 5}, .values = {3, 2, 1}};
  const double expected[] = {3, 3, 3, 2, 2, 2, 1, 1};
  for (Index step = 0; step < 8; ++step) CHECK(constant(step) == expected[step]);
  CHECK(PiecewiseConstantDecay{.boundaries = {}, .values = {4}}(9) == 4);
  const ExponentialDecay smooth{.initial_learning_rate = 8, .decay_steps = 4, .decay_rate = 0.25},
      stairs{.initial_learning_rate = 8, .decay_steps = 4, .decay_rate = 0.25, .staircase = true};
  for (Index step = 0; step < 9; ++step) {
    CHECK(smooth(step) == doctest::Approx(8 * std::pow(2, -static_cast<double>(step) / 2)));
    CHECK(stairs(step) == 8 * std::pow(0.25, step / 4));
  }
  // A multiple of the steps may be rounded to less than the step: the end, and not beyond it.
  CHECK(PolynomialDecay{0.1, 300 / 7.0, 0, 1, true}(900) == 0);
  CHECK(PolynomialDecay{0.1, 300 / 7.0, 0.01, 0.5, true}(900) == 0.01);
  CHECK(PolynomialDecay{0.1, 1000 / 12.0, 0, 2.5, true}(16250) == 0);
  const auto equal = [](double steps) { return CosineDecayRestarts{1, steps, 1, 0.5}; };
  CHECK(equal(INFINITY)(1000) == 1);
  for (Index step = 0; step < 2000;
       ++step) {  // periods of a fraction: from one to the next it rises, to half the height
    const double rate = equal(300 / 7.0)(step), period = std::floor(static_cast<double>(step * 7) / 300);
    CHECK(rate >= 0);
    CHECK(rate <= std::pow(0.5, period) * (1 + 1e-12));
  }
  // Periods of 1, 3, 9, 27, ... steps: each begins at the top, where the logarithm of 3 would round down.
  const CosineDecayRestarts thrice{.initial_learning_rate = 1, .first_decay_steps = 1, .t_mul = 3, .m_mul = 0.5};
  double height = 1;
  for (Index begin = 0, steps = 1; steps < 10000; begin += steps, steps *= 3, height /= 2)
    CHECK(thrice(begin) == height);
  for (Index t : {1, 2, 3, 50, 800, 2000}) {
    double product = 1, limit = 1;
    const auto c = [](Index i) { return 0.9 * (1 - 0.5 * std::pow(0.96, static_cast<double>(i))); };
    for (Index i = 1; i <= t; ++i) product *= c(i), limit *= 0.999;
    const auto rates = Nadam{}.corrected_rate(t, 0.5);
    CHECK(rates.m == doctest::Approx(0.5 * c(t + 1) / (1 - product * c(t + 1))).epsilon(1e-13));
    CHECK(rates.g == doctest::Approx(0.5 * (1 - c(t)) / (1 - product)).epsilon(1e-13));
    CHECK(rates.root == doctest::Approx(1 / std::sqrt(1 - limit)).epsilon(1e-11));
  }
}

TEST_CASE("roots: of 0 and of infinity as well, wherever in a vector they are") {
  const auto expect = []<class Scalar>(Scalar) {
    std::vector<Scalar> numbers(37);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = i % 5 == 3   ? std::numeric_limits<Scalar>::infinity()
                   : i % 7 == 2 ? Scalar(0)
                                : static_cast<Scalar>(i) * Scalar(0.37);
    const Slice<const Scalar> all(numbers.data(), 37);
    const Eigen::Array<Scalar, Eigen::Dynamic, 1> roots = root(all);
    for (Index i = 0; i < 37; ++i) {
      const Scalar exact = std::sqrt(numbers[static_cast<std::size_t>(i)]);
      CHECK((roots[i] == exact || std::abs(roots[i] - exact) <= 2 * std::numeric_limits<Scalar>::epsilon() * exact));
    }
  };
  expect(0.0f), expect(0.0);
}
