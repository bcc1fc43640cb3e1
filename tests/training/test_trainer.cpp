#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {

Tensor<4> images(Index count) {
  Tensor<4> x(count, 8, 8, 1);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Random(Seed{5}, Purpose::test).uniform(i) > 0.7);
  return x;
}

using Small = Sequential<Input<8, 8, 1>, Conv2D<4, 3, Same, ReLU>, MaxPooling2D<2>, Conv2D<4, 3, Same, ReLU>, UpSampling2D<2>,
                         Conv2D<1, 3, Same, Sigmoid>>;
using SmallDense = Sequential<Input<64>, Dense<9, ReLU>, Dense<64, Sigmoid>>;

template <class Model, class T>
std::pair<std::vector<float>, History> train(const T& x, int threads) {
  Model model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  // 50 is no divisor of 123: the last batch is smaller, and no number of threads divides it.
  History history =
      trainer.fit(x, x, {.epochs = 3, .batch_size = 50, .validation_data = {x, x}, .verbose = {}, .threads = threads});
  return {{model.data(), model.data() + Model::network::buffer_size}, history};
}

template <class Model, class T>
void expect_same_bits(const T& x) {
  const auto [one, history] = train<Model>(x, 1);
  CHECK(history["loss"].size() == 3);
  CHECK(history["loss"].back() < history["loss"].front());
  CHECK(history["val_loss"].back() < history["val_loss"].front());
  for (int threads : {1, 2, 3, 5, 16}) {
    const auto [several, other] = train<Model>(x, threads);
    CHECK(several == one);
    CHECK(other.history == history.history);
  }
}

}  // namespace

TEST_CASE("the same bits for any number of threads, and for two runs") {
  const Tensor<4> x = images(123);
  expect_same_bits<Small>(x);
  expect_same_bits<SmallDense>(Tensor<2>(x.reshape(Eigen::array<Index, 2>{123, 64})));
}

TEST_CASE("one seed, one result; another seed, another") {
  const Small a(Seed{1}), b(Seed{1}), c(Seed{2});
  CHECK(std::equal(a.data(), a.data() + Small::network::buffer_size, b.data()));
  CHECK_FALSE(std::equal(a.data(), a.data() + 36, c.data()));
}

TEST_CASE("evaluate is the loss that a step reports, and the mean over batches what fit reports") {
  const Tensor<4> x = images(37);
  Small model(Seed{1});
  auto trainer = compile(model, SGD{.learning_rate = 0}, MeanSquaredError{});
  const double loss = trainer.evaluate(x, x);
  // float32 rounding of a mean of 2368 values in (0, 1), in another order: a few units in the last place
  CHECK(trainer.train_on_batch(x, x) == doctest::Approx(loss).epsilon(1e-6));
  const History history = trainer.fit(x, x, {.batch_size = 10, .verbose = {}});
  CHECK(history["loss"][0] == doctest::Approx(loss).epsilon(1e-6));

  const Tensor<4> y = model.predict(x);
  double sum = 0;
  for (Index i = 0; i < y.size(); ++i) sum += std::pow(y.data()[i] - x.data()[i], 2);
  CHECK(sum / static_cast<double>(y.size()) == doctest::Approx(loss).epsilon(1e-6));
}

TEST_CASE("data that does not fit is refused with the values") {
  Small model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const Tensor<4> x = images(5), other = images(4), wrong(5, 8, 9, 1), empty(0, 8, 8, 1);
  CHECK_THROWS_WITH_AS(trainer.fit(x, other), "fit: 5 inputs but 4 targets", std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.fit(wrong, wrong),
                       "fit: inputs: expected at least 1 sample of shape (8, 8, 1), received 5 of shape (8, 9, 1)",
                       std::invalid_argument);
  CHECK_THROWS_AS(trainer.fit(empty, empty), std::invalid_argument);
  CHECK_THROWS_AS(trainer.evaluate(x, other), std::invalid_argument);
  CHECK_THROWS_AS(model.predict(wrong), std::invalid_argument);
  CHECK_THROWS_AS(model.predict(empty), std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.batch_size = 0}), "fit: batch_size is at least 1, received 0",
                       std::invalid_argument);
  CHECK_THROWS_AS(trainer.fit(x, x, {.epochs = -1}), std::invalid_argument);
  CHECK_THROWS_AS(trainer.fit(x, x, {.threads = -1}), std::invalid_argument);
  CHECK_THROWS_AS(trainer.fit(x, x, {.validation_data = {x, other}}), std::invalid_argument);
  CHECK_THROWS_AS(compile(model, Adam{.learning_rate = -1}, BinaryCrossentropy{}), std::invalid_argument);
  CHECK_THROWS_AS(compile(model, SGD{.momentum = 2}, BinaryCrossentropy{}), std::invalid_argument);
}

TEST_CASE("a loss that is no number stops the training, names the layer, and leaves the parameters alone") {
  Small model(Seed{1});
  Tensor<4> x = images(20);
  x(13, 2, 2, 0) = std::numeric_limits<float>::quiet_NaN();
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const std::vector<float> before(model.data(), model.data() + Small::network::buffer_size);
  std::string message;
  try {
    trainer.fit(x, x, {.batch_size = 20, .verbose = {}});
  } catch (const NotFinite& error) {
    message = error.what();
  }
  CHECK(message.find("epoch 1, batch 1") != std::string::npos);
  CHECK(message.find("layer 0 (input_layer) for training sample 13") != std::string::npos);
  CHECK(before == std::vector<float>(model.data(), model.data() + Small::network::buffer_size));

  const Tensor<4> good = images(20);
  model.parameters()[2].data[5] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(trainer.fit(good, good, {.batch_size = 20, .verbose = {}}),
                       doctest::Contains("conv2d_1/kernel, value 5"), NotFinite);
}

TEST_CASE("early stopping stops, and puts the best weights back") {
  const Tensor<4> x = images(32);
  Small model(Seed{1});
  // A learning rate that jumps about: the first epochs cannot stay the best, nor can all get better.
  auto trainer = compile(model, SGD{.learning_rate = 500}, MeanSquaredError{});
  EarlyStopping early("val_loss", 2, true);
  const History history =
      trainer.fit(x, x, {.epochs = 50, .validation_data = {x, x}, .verbose = {}, .callbacks = {&early}});
  CHECK(history.epochs() < 50);
  CHECK(early.stopped_epoch == early.best_epoch + 2);
  CHECK(static_cast<int>(history.epochs()) == early.stopped_epoch + 1);
  CHECK(trainer.evaluate(x, x) == doctest::Approx(early.best).epsilon(1e-12));
  EarlyStopping blind("val_accuracy");
  CHECK_THROWS_AS(trainer.fit(x, x, {.verbose = {}, .callbacks = {&blind}}), std::invalid_argument);
}

TEST_CASE("a step that was refused leaves no trace") {
  const Tensor<4> good = images(20);
  Tensor<4> bad = good;
  bad(3, 0, 0, 0) = std::numeric_limits<float>::quiet_NaN();
  Small undisturbed(Seed{1}), disturbed(Seed{1});
  auto one = compile(undisturbed, Adam{}, BinaryCrossentropy{}),
       other = compile(disturbed, Adam{}, BinaryCrossentropy{});
  for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(other.train_on_batch(bad, bad), NotFinite);
  one.train_on_batch(good, good);
  other.train_on_batch(good, good);
  CHECK(std::equal(undisturbed.data(), undisturbed.data() + Small::network::buffer_size, disturbed.data()));
}

TEST_CASE("large images do not overflow the stack") {
  Sequential<Input<1500, 1500, 1>, Conv2D<1, 3, Same>> model(Seed{1});
  Tensor<4> x(1, 1500, 1500, 1);
  x.setConstant(0.5f);
  CHECK(std::isfinite(compile(model, SGD{}, MeanSquaredError{}).train_on_batch(x, x)));
}
