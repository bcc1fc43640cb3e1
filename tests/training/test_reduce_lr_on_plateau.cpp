#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {

/// The learning rate after each epoch of a training whose val_loss (or what is monitored) takes these values.
std::vector<double> rates(ReduceLROnPlateau reduce, const std::vector<double>& values) {
  LearningRate rate = 1.0;
  Training training{.epochs = static_cast<int>(values.size()), .learning_rate = &rate};
  std::vector<double> after;
  reduce.on_train_begin(training);
  for (double value : values) {
    training.logs = {{reduce.monitor, value}};
    reduce.on_epoch_end(training);
    CHECK(training.logs.at("learning_rate") == (after.empty() ? 1 : after.back()));
    after.push_back(rate(0));
    ++training.epoch;
  }
  return after;
}

}  // namespace

// What is expected follows keras/src/callbacks/reduce_lr_on_plateau.py, epoch by epoch.

TEST_CASE("the rate falls after `patience` epochs that are not better by min_delta") {
  ReduceLROnPlateau reduce{{.factor = 0.5, .patience = 2}};
  CHECK(rates(reduce, {3, 2, 2, 2, 2, 2, 1, 1, 1}) == std::vector<double>{1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125});
  reduce.min_delta = 0.1;
  CHECK(rates(reduce, {3, 2.95, 2.92, 2.8, 2.75, 2.7}) == std::vector<double>{1, 1, 0.5, 0.5, 0.5, 0.25});
}

TEST_CASE("epochs of cooling down do not count, and the rate stays above min_lr") {
  ReduceLROnPlateau reduce("val_loss", 0.5, 1);
  reduce.cooldown = 2;
  // Reduced in epoch 2; epoch 3 cools down; in epoch 4 the last of the two is over, so it counts.
  CHECK(rates(reduce, {1, 1, 1, 1, 1, 1}) == std::vector<double>{1, 0.5, 0.5, 0.25, 0.25, 0.125});
  reduce.patience = 2;  // epochs of the cooldown are not waited in
  CHECK(rates(reduce, {1, 1, 1, 1, 1, 1, 1, 1}) == std::vector<double>{1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25});
  reduce.patience = 1, reduce.cooldown = 0;
  reduce.min_lr = 0.3;
  CHECK(rates(reduce, {1, 1, 1, 1}) == std::vector<double>{1, 0.5, 0.3, 0.3});
}

TEST_CASE("a training that begins waits and cools down from the beginning") {
  ReduceLROnPlateau reduce{{.factor = 0.5, .patience = 1, .cooldown = 3}};
  LearningRate rate = 1.0;
  Training training{.epochs = 9, .logs = {{"val_loss", 1}}, .learning_rate = &rate};
  const auto state = [&] {
    TrainingState written;
    reduce.state(written);
    return std::pair{written.numbers["waited"].values.at(0), written.numbers["cooling"].values.at(0)};
  };
  reduce.on_train_begin(training);
  for (int epoch = 0; epoch < 2; ++epoch) reduce.on_epoch_end(training);
  CHECK(rate(0) == 0.5);
  CHECK(state() == std::pair{0.0, 3.0});
  reduce.on_train_begin(training);
  CHECK(state() == std::pair{0.0, 0.0});
}

TEST_CASE("accuracies should rise") {
  const ReduceLROnPlateau reduce("val_accuracy", 0.5, 1);
  CHECK(rates(reduce, {0.5, 0.6, 0.7, 0.7, 0.6}) == std::vector<double>{1, 1, 1, 0.5, 0.25});
  ReduceLROnPlateau other("val_accuracy", 0.5, 1);
  other.mode = Mode::min;
  CHECK(rates(other, {0.5, 0.6, 0.7}) == std::vector<double>{1, 0.5, 0.25});
}

TEST_CASE("a training slows down") {
  Sequential<Input<3>, Dense<2>> model(Seed{1}), fixed(Seed{1});
  Tensor<2> x(8, 3), y(8, 2);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{2}, Purpose::test).uniform(i));
  y.setConstant(1);
  ReduceLROnPlateau reduce("loss", 0, 1);  // factor 0: learning ends where it applies
  reduce.min_delta = 1e9;                  // nothing is that much better, so it applies after epoch 2
  auto trainer = compile(model, SGD{.learning_rate = 0.1}, MeanSquaredError{});
  const History history = trainer.fit(x, y, {.epochs = 5, .shuffle = false, .verbose = {}, .callbacks = {&reduce}});
  CHECK(history["learning_rate"] == std::vector<double>{0.1, 0.1, 0, 0, 0});
  CHECK(history["loss"][4] == history["loss"][2]);
  compile(fixed, SGD{.learning_rate = 0.1}, MeanSquaredError{})
      .fit(x, y, {.epochs = 2, .shuffle = false, .verbose = {}});
  CHECK(std::equal(model.data(), model.data() + decltype(model)::network::buffer_size, fixed.data()));

  auto scheduled = compile(model, SGD{.learning_rate = [](Index) { return 0.1; }}, MeanSquaredError{});
  CHECK_THROWS_WITH_AS(scheduled.fit(x, y, {.verbose = {}, .callbacks = {&reduce}}),
                       "ReduceLROnPlateau: the learning rate follows a schedule already", std::invalid_argument);
  ReduceLROnPlateau growing("loss", 1.5);
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.verbose = {}, .callbacks = {&growing}}),
                       "ReduceLROnPlateau: factor is within 0..1, 1 excluded, received 1.5", std::invalid_argument);
  ReduceLROnPlateau eager{{.monitor = "loss", .min_delta = -1}};
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.verbose = {}, .callbacks = {&eager}}),
                       "ReduceLROnPlateau: min_delta is at least 0, received -1", std::invalid_argument);
}
