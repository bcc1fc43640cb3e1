// The state of a training as numbers and words under names: what is written, compared and read, at the limits of each type.
#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {

using Mode_ = TrainingState::Mode;
const double infinity = std::numeric_limits<double>::infinity(),
             not_a_number = std::numeric_limits<double>::quiet_NaN();

/// What is said of a stored number that a variable of that type shall take.
template <class Number>
std::string differences_of(double stored) {
  TrainingState state;
  state.numbers["x"] = {{0, stored}, false};
  state.mode = Mode_::compare;
  std::vector<Number> values;
  state("x", values);
  const std::string of_any_number = std::exchange(state.differences, "");
  values.resize(2);
  state("x", std::span<Number>(values));
  CHECK(state.differences == of_any_number);
  CHECK(values == std::vector<Number>(2));
  return of_any_number;
}
template <class Number>
void expect_whole_numbers(const std::vector<double>& within, const std::vector<double>& beyond) {
  for (const double number : within) CHECK_MESSAGE(differences_of<Number>(number).empty(), exact(number));
  for (const double number : beyond)
    CHECK(differences_of<Number>(number) == text("\n  x: expected whole numbers that can be held, received ", number));
}

}  // namespace

TEST_CASE("a stored number is one that its variable can hold") {
  expect_whole_numbers<int>({-2147483648.0, -1, 0, 2147483647.0},
                            {-2147483649.0, 2147483648.0, 0.5, -0.5, not_a_number, infinity});
  expect_whole_numbers<std::uint32_t>({0, 1, 4294967295.0}, {-1, 4294967296.0, 1.5, not_a_number, -infinity});
  expect_whole_numbers<std::uint8_t>({0, 255}, {-1, 256});
  expect_whole_numbers<std::int64_t>({-0x1p63, 0x1p63 - 1024}, {-0x1p63 - 2048, 0x1p63, not_a_number});
  expect_whole_numbers<std::uint64_t>({0, 0x1p64 - 2048}, {-1, 0x1p64});
  const double largest = std::numeric_limits<float>::max();
  for (const double number : {0.0, 0.1, largest, -largest, infinity, -infinity, not_a_number})
    CHECK(differences_of<float>(number).empty());
  for (const double number : {std::nextafter(largest, infinity), -1e300})
    CHECK(differences_of<float>(number) == text("\n  x: expected numbers that can be held, received ", number));
  for (const double number : {1e308, -1e308, infinity, not_a_number}) CHECK(differences_of<double>(number).empty());
}

TEST_CASE("numbers and words are written under names, compared, and read back") {
  bool yes = true;
  int epoch = 7;
  float loss = 0.1f;
  double best = 1.0 / 3;
  std::vector<std::uint32_t> bits{1, 4294967295};
  std::vector<float> weights{0.5f, -2};
  const auto visit = [&](TrainingState& state) {
    state("epoch", epoch), state.must_be("seed", "1");
    state.under("model", [&](TrainingState& of) {
      of("loss", loss);
      of.under("dense", [&](TrainingState& inner) {
        inner("kernel", std::span<float>(weights)), inner("yes", yes), inner.must_be("shape", "(2,)");
      });
      of("bits", bits);
    });
    state("best", best);
  };
  TrainingState state;
  visit(state);
  CHECK(names_in(state.numbers) == "best, epoch, model/bits, model/dense/kernel, model/dense/yes, model/loss");
  CHECK(names_in(state.words) == "model/dense/shape, seed");
  CHECK(state.words["seed"] == "1");
  CHECK(state.numbers["model/bits"].values == std::vector<double>{1, 4294967295});
  for (const auto& [name, numbers] : state.numbers)
    CHECK(numbers.floats == (name == "model/loss" || name == "model/dense/kernel"));
  state.under("model", [](TrainingState& of) {
    CHECK(of.names() == std::vector<std::string>{"bits", "dense/kernel", "dense/yes", "loss"});
    CHECK(of.values("dense/kernel") == std::vector<double>{0.5, -2});
  });
  CHECK(state.names().size() == 6);

  yes = false, epoch = 0, loss = 0, best = 0, bits = {}, weights = {0, 0};
  state.mode = Mode_::compare;
  visit(state);
  CHECK(state.differences.empty());
  CHECK(epoch == 0);
  CHECK(bits.empty());
  state.mode = Mode_::read;
  visit(state);
  CHECK(state.differences.empty());
  CHECK(yes);
  CHECK(epoch == 7);
  CHECK(loss == 0.1f);
  CHECK(best == 1.0 / 3);
  CHECK(bits == std::vector<std::uint32_t>{1, 4294967295});
  CHECK(weights == std::vector<float>{0.5f, -2});

  // What is not the same, name by name.
  state.mode = Mode_::compare;
  weights.push_back(1);
  visit(state);
  CHECK(state.differences == "\n  model/dense/kernel: expected 3 numbers, received 2");
  weights.pop_back();
  state.differences.clear();
  state.words["seed"] = "2";
  state.words.erase("model/dense/shape"), state.numbers.erase("best"), state.numbers.erase("model/bits");
  visit(state);
  CHECK(state.differences ==
        "\n  seed: expected 1, received 2\n  missing: model/dense/shape\n  missing: model/bits\n  missing: best");
  state.differences.clear();
  state.mode = Mode_::read;
  bits = {5}, best = 6;
  visit(state);
  CHECK(bits == std::vector<std::uint32_t>{5});
  CHECK(best == 6);
}

TEST_CASE("a whole number within limits") {
  int value = 2;
  const auto differences = [&](double stored) {
    TrainingState state;
    state.numbers["n"] = {{stored}, false};
    state.mode = Mode_::compare;
    state("n", value, 0, 5);
    return state.differences;
  };
  for (const double stored : {0.0, 5.0}) CHECK(differences(stored).empty());
  CHECK(differences(-1) == "\n  n: expected a number within 0..5, received -1");
  CHECK(differences(6) == "\n  n: expected a number within 0..5, received 6");
  CHECK(
      differences(not_a_number) ==
      "\n  n: expected whole numbers that can be held, received nan\n  n: expected a number within 0..5, received nan");
  TrainingState state;
  state("n", value, 0);
  CHECK(state.differences.empty());
  state.mode = Mode_::compare;
  state("n", value, 0);
  CHECK(state.differences.empty());
  state.numbers["n"].values = {1, 2};
  state("n", value, 0, 5);
  CHECK(state.differences == "\n  n: expected 1 numbers, received 2");
  state.differences.clear(), state.numbers.clear();
  state("n", value, 0, 5);
  CHECK(state.differences.starts_with("\n  missing: n"));
  state.mode = Mode_::read, state.numbers["n"] = {{9}, false};
  state("n", value, 0, 5);  // compared before
  CHECK(value == 9);
}

TEST_CASE("a history's state: numbers with their epochs, and none without") {
  History history{{{"loss", {3, 2}}, {"val_loss", {1}}}, {{"loss", {0, 1}}, {"val_loss", {1}}}};
  TrainingState state;
  history.state(state);
  CHECK(names_in(state.numbers) == "history/loss, history/val_loss, history_epoch/loss, history_epoch/val_loss");
  History other{{{"mae", {1}}}, {{"mae", {0}}}};
  state.mode = Mode_::compare;
  other.state(state);  // another history is no difference
  CHECK(state.differences.empty());
  CHECK(other.history.contains("mae"));
  state.mode = Mode_::read;
  other.state(state);
  CHECK(other.history == history.history);
  CHECK(other.epoch == history.epoch);
  CHECK(other.lanes == 0);

  state.mode = Mode_::compare;
  const auto differences = [&](std::vector<double> epochs) {
    state.differences.clear();
    state.numbers["history_epoch/loss"].values = std::move(epochs);
    history.state(state);
    return state.differences;
  };
  for (const std::vector<double>& good : {std::vector<double>{0, 1}, {0, 999999999}}) CHECK(differences(good).empty());
  for (const std::vector<double>& bad :
       {std::vector<double>{0}, {0, 1, 2}, {-1, 0}, {0, 1e9}, {0, 0.5}, {not_a_number, 1}})
    CHECK(differences(bad) ==
          text("\n  history_epoch/loss: expected the epochs of 2 numbers, received ", bad.size(), " others"));
}
