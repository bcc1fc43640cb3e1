// One's own loop: gradients, their application, several optimisers on parts of a model.
#include <doctest/doctest.h>

#include "files.hpp"
#include "latent/io/training_state.hpp"
#include "latent/latent.hpp"

using namespace latent;

namespace {

using Encoder = Model<double, Input<6>, Dense<8, ReLU>, BatchNormalization<>, Dropout<0.25>, Dense<3>>;
using Decoder = Model<double, Input<3>, Dense<5, ReLU>, Dense<6>>;
using Whole = Model<double, Encoder, Decoder>;

using Rows = Tensor<2, double>;

Rows rows(Index count, Index columns = 6) {
  Rows x(count, columns);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random(Seed{3}, Purpose::test).uniform(i);
  return x;
}
template <class M>
std::vector<double> weights(const M& model) {
  return {model.data(), model.data() + M::network::buffer_size};
}

}  // namespace

TEST_CASE("gradients and apply are train_on_batch, on any number of threads") {
  const Rows x = rows(200);
  Whole expected{Seed{1}};
  const Adam adam{.learning_rate = 0.01, .global_clipnorm = 0.1};
  auto trainer = compile(expected, adam, MeanSquaredError{}, MeanAbsoluteError{});
  std::vector<Scores> scores;
  for (int step = 0; step < 3; ++step) scores.push_back(trainer.train_on_batch(x, x, 1, Seed{9}));
  for (const int threads : {1, 2, 3}) {
    Whole model{Seed{1}};
    auto own = compile(model, adam, MeanSquaredError{}, MeanAbsoluteError{});
    for (int step = 0; step < 3; ++step) {
      const auto gradients = own.gradients(x, x, {.seed = Seed{9}, .threads = threads});
      CHECK(gradients.scores.logs == scores[static_cast<std::size_t>(step)].logs);
      CHECK(gradients["dense/kernel"].size() == 48);
      own.apply(gradients, threads);
    }
    CHECK(weights(model) == weights(expected));
  }
}

TEST_CASE("an optimiser for each part: the gradients are shared out by name, and their states go on") {
  const Rows x = rows(64);
  Whole expected{Seed{1}}, model{Seed{1}};
  auto trainer = compile(expected, Adam{}, MeanSquaredError{});
  auto losses = compile(model, SGD{}, MeanSquaredError{});
  auto encoder = model.part<0>();
  auto decoder = model.part<1>();
  auto of_encoder = optimizer_for(encoder, Adam{});
  auto of_decoder = optimizer_for(decoder, Adam{});
  for (int step = 0; step < 3; ++step) {
    trainer.train_on_batch(x, x);
    const auto gradients = losses.gradients(x, x);
    of_encoder.apply(gradients, 2), of_decoder.apply(gradients, 1);
    CHECK(weights(model) == weights(expected));
  }
  const TemporaryFolder folder;
  const std::string path = (folder.path / "state").string();
  save_training(path, of_decoder);
  Decoder copy = decoder;
  auto of_copy = optimizer_for(copy, Adam{});
  load_training(path, of_copy);
  const auto gradients = losses.gradients(x, x);
  of_decoder.apply(gradients), of_copy.apply(gradients);
  CHECK(weights(copy) == weights(decoder));
  of_decoder.learning_rate() = 0.0;
  of_decoder.apply(gradients);
  CHECK(weights(copy) == weights(decoder));
}

TEST_CASE("the chain rule by hand: two models in a row have the gradients of the whole") {
  using Front = Model<double, Input<6>, Dense<8, Tanh>, Dense<3>>;
  Model<double, Front, Decoder> whole{Seed{1}};
  const auto front = whole.part<0>();
  const auto back = whole.part<1>();
  const Rows x = rows(200), t = rows(200);
  const auto expected = compile(whole, SGD{}, MeanSquaredError{}).gradients(x, t);
  const auto codes = front.predict(x);
  const auto [loss, dy] = loss_and_gradient(back, MeanSquaredError{}, back.predict(codes), t);
  CHECK(loss == doctest::Approx(expected.scores["loss"]).epsilon(1e-12));
  const auto of_back = back.backward(codes, dy);
  for (const int threads : {1, 2, 3}) {
    const auto of_front = front.backward(x, of_back.dx, {}, threads);
    CHECK(of_front.parameters == front.backward(x, of_back.dx, {}, 1).parameters);
    for (const auto* part : {&of_front.parameters, &of_back.parameters})
      for (const auto& [name, values] : *part)
        for (std::size_t i = 0; i < values.size(); ++i)
          CHECK(values[i] == doctest::Approx(expected[name][i]).epsilon(1e-10));
  }
}

TEST_CASE("gradients that are missing, of another size or not finite") {
  const Rows x = rows(16);
  Whole model{Seed{1}};
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  auto gradients = trainer.gradients(x, x);
  const std::vector<double> before = weights(model);
  auto fewer = gradients, shorter = gradients;
  fewer.parameters.erase("dense_1/bias"), shorter.parameters["dense_1/bias"].pop_back();
  CHECK_THROWS_WITH_AS(trainer.apply(fewer), "apply: there is no gradient of dense_1/bias", std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.apply(shorter), "apply: the gradient of dense_1/bias has 2 numbers, expected 3",
                       std::invalid_argument);
  CHECK(weights(model) == before);
  gradients.parameters["dense_1/bias"][1] = NAN;
  CHECK_THROWS_WITH_AS(trainer.apply(gradients),
                       doctest::Contains("apply: the step is not finite; the first is that of dense_1/bias"),
                       NotFinite);
  const auto decoder = Decoder{Seed{1}};
  const auto y = decoder.predict(rows(16, 3));
  CHECK_THROWS_AS(loss_and_gradient(decoder, MeanSquaredError{}, y, rows(15)), std::invalid_argument);
  CHECK_THROWS_AS(loss_and_gradient(decoder, MeanSquaredError{}, y, rows(16, 5)), std::invalid_argument);
}
