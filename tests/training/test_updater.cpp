// The end of a training step on its own: sums of lanes, clipping, decay, the optimiser's step and its state.
#include <doctest/doctest.h>

#include <cmath>
#include <latent/latent.hpp>

using namespace latent;

namespace {

constexpr Index first_size = 2500, frozen_size = 3, last_size = 2, size = first_size + frozen_size + last_size;

/// Parameters of three tensors, the second of which is frozen, and gradients of some lanes.
struct Case {
  std::vector<float> parameters = std::vector<float>(size), gradients;
  explicit Case(Index lanes = 1) : gradients(static_cast<std::size_t>(lanes * size)) {
    for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] = static_cast<float>(i % 7) - 2;
  }
  std::vector<NamedTensor<float>> tensors() {
    return {{"a/kernel", {50, 50}, parameters.data(), true},
            {"b/kernel", {frozen_size}, parameters.data() + first_size, false},
            {"c/bias", {last_size}, parameters.data() + first_size + frozen_size, true}};
  }
  float* last(std::vector<float>& of) { return of.data() + first_size + frozen_size; }
};

template <class Optimizer>
engine::UpdaterOf<float, Optimizer> updater_for(Case& of, const Optimizer& optimizer) {
  return {optimizer, of.tensors(), of.parameters.data(), size};
}
template <class Optimizer>
Case after_a_step(Case of, const Optimizer& optimizer, Index lanes = 1, int team = 1) {
  auto updater = updater_for(of, optimizer);
  updater.choose_rate();
  updater.update(of.parameters.data(), of.gradients.data(), lanes, team);
  CHECK(updater.steps() == 1);
  CHECK(updater.spoilt() == -1);
  return of;
}
/// The second line.
std::string rates_in(const std::string& words) { return words.substr(words.find('\n') + 1); }

}  // namespace

TEST_CASE("a step on the sum of the lanes, of trainable tensors alone, on any number of threads") {
  Case before(3);
  for (std::size_t i = 0; i < before.gradients.size(); ++i) before.gradients[i] = static_cast<float>(i % 11) / 8;
  std::vector<float> expected = before.parameters;
  for (Index i = 0; i < size; ++i) {
    const auto at = [&](Index lane) { return before.gradients[static_cast<std::size_t>(lane * size + i)]; };
    if (i < first_size || i >= first_size + frozen_size)
      expected[static_cast<std::size_t>(i)] -= 0.5f * (at(0) + at(1) + at(2));
  }
  for (const int team : {1, 2, 3}) {
    Case after = after_a_step(before, SGD{.learning_rate = 0.5}, 3, team);
    CHECK(after.parameters == expected);
    Case added = before;
    updater_for(added, SGD{}).add(added.gradients.data(), 3, team);
    CHECK(added.parameters == before.parameters);
    for (const Index i : {Index{0}, Index{1023}, Index{1024}, first_size - 1, size - 1})
      CHECK(added.gradients[static_cast<std::size_t>(i)] == after.gradients[static_cast<std::size_t>(i)]);
  }
}

TEST_CASE("clipping by norm and by value, at the limit and beyond; decay") {
  Case before;
  before.gradients[0] = 3, before.gradients[first_size - 1] = 4;                // a norm of 5, over three pieces
  before.gradients[first_size] = 100;                                           // frozen: it does not count
  before.last(before.gradients)[0] = 8, before.last(before.gradients)[1] = -6;  // and of 10
  const auto steps = [&](SGD optimizer) {
    optimizer.learning_rate = 1;
    Case after = after_a_step(before, optimizer);
    std::vector<double> moved;
    for (const Index i : {Index{0}, first_size - 1, first_size, size - 2, size - 1})
      moved.push_back(before.parameters[static_cast<std::size_t>(i)] - after.parameters[static_cast<std::size_t>(i)]);
    return moved;
  };
  using Steps = std::vector<double>;
  CHECK(steps({}) == Steps{3, 4, 0, 8, -6});
  CHECK(steps({.clipnorm = 5}) == Steps{3, 4, 0, 4, -3});
  CHECK(steps({.clipnorm = 2.5}) == Steps{1.5, 2, 0, 2, -1.5});
  const Steps short_steps = steps({.clipnorm = 0.5}), short_ones{0.3, 0.4, 0, 0.4, -0.3};
  for (std::size_t i = 0; i < 5; ++i) CHECK(short_steps[i] == doctest::Approx(short_ones[i]).epsilon(1e-6));
  CHECK(steps({.clipnorm = 10}) == Steps{3, 4, 0, 8, -6});
  CHECK(steps({.clipvalue = 3.5}) == Steps{3, 3.5, 0, 3.5, -3.5});
  CHECK(steps({.clipvalue = 8}) == Steps{3, 4, 0, 8, -6});
  // Of all tensors as one vector the norm is the root of 125; the limit is half of it.
  const double half = std::sqrt(125.0) / 2;
  const Steps global = steps({.global_clipnorm = half}), expected{1.5, 2, 0, 4, -3};
  for (std::size_t i = 0; i < 5; ++i) CHECK(global[i] == doctest::Approx(expected[i]).epsilon(1e-6));
  const Steps tiny = steps({.global_clipnorm = half / 8});
  for (std::size_t i = 0; i < 5; ++i) CHECK(tiny[i] == doctest::Approx(expected[i] / 8).epsilon(1e-6));
  CHECK(steps({.global_clipnorm = 12}) == Steps{3, 4, 0, 8, -6});

  before.gradients.assign(size, 0);
  before.parameters.assign(size, 2);
  CHECK(steps({.weight_decay = 0.25}) == Steps{0.5, 0.5, 0, 0.5, 0.5});
  CHECK(steps({}) == Steps{0, 0, 0, 0, 0});
}

TEST_CASE("the first tensor that is not finite any more is told once, whichever thread has noticed it") {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (const int team : {1, 2, 3})
    for (const float bad : {infinity, -infinity, nan})
      for (const bool in_gradient : {true, false}) {
        Case of;
        auto updater = updater_for(of, SGD{});
        const auto spoil = [&](Index i) {
          (in_gradient ? of.gradients : of.parameters)[static_cast<std::size_t>(i)] = bad;
          updater.choose_rate();
          updater.update(of.parameters.data(), of.gradients.data(), 1, team);
        };
        spoil(first_size);
        CHECK(updater.spoilt() == -1);  // it is frozen
        spoil(size - 1);
        CHECK(updater.spoilt() == 2);
        CHECK(updater.spoilt() == -1);
        spoil(first_size - 1);
        CHECK(updater.spoilt() == 0);
      }
}

TEST_CASE("what is kept for an optimiser, tensor by tensor, and the words that tell it from another") {
  Case of;
  of.gradients[0] = 0.5f, of.gradients[first_size - 1] = 2, of.last(of.gradients)[0] = -4;
  auto updater = updater_for(of, Adam{.learning_rate = 0.25, .beta_1 = 0.5, .beta_2 = 0.75});
  updater.choose_rate();
  updater.update(of.parameters.data(), of.gradients.data(), 1, 1);
  // Adam's first step is the rate, in the direction of the gradient.
  CHECK(of.parameters[0] == doctest::Approx(-2 - 0.25).epsilon(1e-6));
  CHECK(of.last(of.parameters)[0] == doctest::Approx(first_size % 7 + frozen_size - 2 + 0.25).epsilon(1e-6));
  TrainingState state;
  updater.state(state);
  CHECK(names_in(state.numbers) ==
        "adam/m/a/kernel, adam/m/c/bias, adam/v/a/kernel, adam/v/c/bias, learning_rate, steps");
  CHECK(state.numbers["steps"].values == std::vector<double>{1});
  CHECK(state.numbers["learning_rate"].values == std::vector<double>{0.25});
  CHECK(state.numbers["adam/m/c/bias"].values == std::vector<double>{-2, 0});
  CHECK(state.numbers["adam/v/c/bias"].values == std::vector<double>{4, 0});
  const std::vector<double>& m = state.numbers["adam/m/a/kernel"].values;
  CHECK(m.size() == first_size);
  CHECK(m.front() == 0.25);
  CHECK(m.back() == 1);
  CHECK(state.numbers["adam/v/a/kernel"].values.back() == 1);
  CHECK(state.words["learning_rate"] == "a number, 0.25 at first");

  state.numbers["learning_rate"].values = {0.5}, state.numbers["steps"].values = {9};
  state.mode = TrainingState::Mode::read;
  updater.state(state);
  CHECK(updater.learning_rate()(0) == 0.5);
  CHECK(updater.steps() == 9);
  state.mode = TrainingState::Mode::compare;
  state.numbers["steps"].values = {-1};
  updater.state(state);
  CHECK(state.differences == "\n  steps: expected a number within 0..9223372036854775807, received -1");

  const auto words_of = [](const auto& optimizer) {
    Case any;
    TrainingState written;
    updater_for(any, optimizer).state(written);
    CHECK(written.numbers.contains("learning_rate") == !optimizer.learning_rate.is_schedule());
    return written.words["optimizer"] + "\n" + written.words["learning_rate"];
  };
  // 1 - 0.125 (0.5 - 0.25 + 0.5)
  CHECK(words_of(SGD{}) ==
        "SGD, 0 slots, clipnorm 0, clipvalue 0, global_clipnorm 0, weight_decay 0, and others, such as beta_1, "
        "momentum or epsilon, by which 1 becomes 0.90625\na number, 0.01 at first");
  // m is -0.0625, 0 and -0.0625
  CHECK(words_of(SGD{.momentum = 0.5, .weight_decay = 0.1, .clipnorm = 2}) ==
        "SGD, 1 slots, clipnorm 2, clipvalue 0, global_clipnorm 0, weight_decay 0.1, and others, such as beta_1, "
        "momentum or epsilon, by which 1 becomes 0.875\na number, 0.01 at first");
  CHECK(words_of(Adam{}) ==
        "Adam, 2 slots, clipnorm 0, clipvalue 0, global_clipnorm 0, weight_decay 0, and others, such as beta_1, "
        "momentum or epsilon, by which 1 becomes 0.76927\na "
        "number, 0.001 at first");
  CHECK(rates_in(words_of(SGD{.learning_rate = [](Index step) { return 1.0 / static_cast<double>(1 + step); }})) ==
        "a schedule: 1 0.5 0.090909 0.009901 0.000999 9.999e-05");
  CHECK(rates_in(words_of(SGD{.learning_rate = [](Index step) {
          if (step > 1) throw std::out_of_range("no");
          return 0.5;
        }})) == "a schedule: 0.5 0.5 thrown thrown thrown thrown");
}

TEST_CASE("the step with a rate that is none, and options that no optimiser has") {
  Case of;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto updater = updater_for(of, SGD{.learning_rate = [nan](Index step) { return step < 1 ? 0.5 : nan; }});
  updater.choose_rate();
  updater.update(of.parameters.data(), of.gradients.data(), 1, 1);
  CHECK_THROWS_WITH_AS(updater.choose_rate(),
                       "SGD: the learning rate of step 2 is nan; expected a number of at least 0",
                       std::invalid_argument);
  CHECK_THROWS_AS(updater_for(of, SGD{.clipnorm = 1, .clipvalue = 1}), std::invalid_argument);
  CHECK_THROWS_AS(updater_for(of, SGD{.momentum = -1}), std::invalid_argument);
}

TEST_CASE("gradients that are given by name: what is missing, what is too much, what is not finite") {
  Case of;
  auto updater = updater_for(of, SGD{.learning_rate = 1});
  std::vector<float> buffer(2 * size, 7);  // what lies behind the gradients is no second lane
  Case views;
  views.parameters = buffer;
  std::vector<NamedTensor<float>> tensors = views.tensors();
  std::map<std::string, std::vector<float>> gradients{
      {"a/kernel", std::vector<float>(first_size, 0.5f)}, {"c/bias", {2, -3}}, {"other", {1}}};
  const auto said = [&] {
    try {
      engine::apply_gradients(updater, of.parameters.data(), tensors, views.parameters.data(), gradients, 1);
    } catch (const std::exception& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::vector<float> before = of.parameters;
  CHECK(said().empty());
  for (Index i = 0; i < size; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const float step = i < first_size ? 0.5f : i < first_size + frozen_size ? 0.f : i == size - 2 ? 2.f : -3.f;
    if (of.parameters[at] != before[at] - step) FAIL_CHECK("parameter " << i);
  }
  CHECK(updater.steps() == 1);
  gradients["c/bias"] = {1};
  CHECK(said() == "apply: the gradient of c/bias has 1 numbers, expected 2");
  gradients.erase("c/bias");
  CHECK(said() == "apply: there is no gradient of c/bias");
  CHECK(updater.steps() == 1);
  gradients["c/bias"] = {0, std::numeric_limits<float>::infinity()};
  CHECK(said() ==
        "apply: the step is not finite; the first is that of c/bias, value 1 = -inf (gradient inf). A smaller learning "
        "rate, clipnorm or inputs closer to 0 may help");
  gradients["a/kernel"][2] = std::numeric_limits<float>::infinity();
  CHECK(said().starts_with(
      "apply: the step is not finite; the first is that of a/kernel, value 2 = -inf (gradient inf)."));
}
