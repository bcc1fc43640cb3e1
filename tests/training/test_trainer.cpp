#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

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
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.sample_weight = std::vector<float>{1, 1, 1, 1}}),
                       "fit: 5 inputs but 4 numbers in sample_weight", std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.sample_weight = std::vector<float>{1, 1, 1, INFINITY, 1}}),
                       "fit: sample_weight of sample 3 is inf", std::invalid_argument);
  CHECK_THROWS_AS(compile(model, Adam{.learning_rate = -1}, BinaryCrossentropy{}), std::invalid_argument);
  CHECK_THROWS_AS(compile(model, SGD{.momentum = 2}, BinaryCrossentropy{}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.callbacks = {nullptr}}), "fit: callback 0 of 1 is a null pointer",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(model.backward(x, x)["conv2d/kernle"],
                       "there is no gradient of \"conv2d/kernle\", only of conv2d/bias, conv2d/kernel, conv2d_1/bias, "
                       "conv2d_1/kernel, conv2d_2/bias, conv2d_2/kernel",
                       std::out_of_range);
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.verbose = {}})["accuracy"],
                       "History: nothing was recorded under \"accuracy\", but under loss", std::invalid_argument);
}

TEST_CASE("a loss that is no number stops the training, names the layer, and leaves the parameters alone") {
  Small model(Seed{1});
  Tensor<4> x = images(20);
  x(13, 2, 2, 0) = std::numeric_limits<float>::quiet_NaN();
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const std::vector<float> before(model.data(), model.data() + Small::network::buffer_size);
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, x), doctest::Contains("layer 0 (input_layer) for training sample 13"),
                       NotFinite);
  CHECK(before == std::vector<float>(model.data(), model.data() + Small::network::buffer_size));

  const Tensor<4> good = images(20);
  model.parameters()[2].data[5] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(trainer.fit(good, good, {.batch_size = 20, .verbose = {}}),
                       doctest::Contains("conv2d_1/kernel, value 5"), NotFinite);
  CHECK_THROWS_WITH_AS(trainer.fit(good, good, {.batch_size = 20, .verbose = {}}),
                       doctest::Contains("epoch 1, batch 1"), NotFinite);
}

TEST_CASE("fit refuses what is no number, and targets that the loss is not for") {
  Small model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const Tensor<4> good = images(20);
  Tensor<4> bad = good;
  const auto expect = [&](float value, const char* inputs, const char* targets) {
    bad(13, 0, 0, 0) = value;
    CHECK_THROWS_WITH_AS(trainer.fit(bad, good, {.verbose = {}}), inputs, std::invalid_argument);
    CHECK_THROWS_WITH_AS(trainer.fit(good, bad, {.verbose = {}}), targets, std::invalid_argument);
    CHECK_THROWS_AS(trainer.fit(bad, bad, {.verbose = {}}), std::invalid_argument);
    CHECK_THROWS_AS(trainer.fit(good, good, {.validation_data = {good, bad}, .verbose = {}}), std::invalid_argument);
  };
  expect(std::numeric_limits<float>::quiet_NaN(),
         "fit: inputs: value 0 of sample 13 is nan; leave such samples out, or put numbers in their place",
         "fit: targets: value 0 of sample 13 is nan; leave such samples out, or put numbers in their place");
  expect(-std::numeric_limits<float>::infinity(),
         "fit: inputs: value 0 of sample 13 is -inf; leave such samples out, or put numbers in their place",
         "fit: targets: value 0 of sample 13 is -inf; leave such samples out, or put numbers in their place");
  for (const float pixel : {255.f, -0.5f}) {
    bad(13, 0, 0, 0) = pixel;
    CHECK_THROWS_WITH_AS(trainer.fit(good, bad, {.verbose = {}}),
                         text("fit: targets: value 0 of sample 13 is ", pixel,
                              "; binary_crossentropy is for targets within 0..1: divide pixels of 0..255 by 255")
                             .c_str(),
                         std::invalid_argument);
    trainer.fit(bad, good, {.verbose = {}});
    compile(model, Adam{}, MeanSquaredError{}).fit(good, bad, {.verbose = {}});
  }
  bad(13, 0, 0, 0) = 1.0005f;
  trainer.fit(good, bad, {.verbose = {}});
}

TEST_CASE("the flags that a program lacks to be fast") {
  const std::string others = detail::missing_flags(true);
  CHECK((others.empty() || others == " -march=native"));
  CHECK(detail::missing_flags(false) == " -O3" + others);
}

TEST_CASE("a gradient whose square is more than a float holds: Adam and its kin do what Keras's do") {
  // cases/adam: Keras 3 keeps the weight in the first step, and the others keep it in all.
  const auto weights = [](const auto& optimizer, int steps) {
    Sequential<Input<16>, Dense<16>> model{Seed{1}};
    Tensor<2> x(4, 16), y(4, 16);
    x.setConstant(1e22f);
    y.setConstant(0);
    const std::vector<float> before(model.data(), model.data() + 256);
    auto trainer = compile(model, optimizer, MeanAbsoluteError{});
    for (int step = 0; step < steps; ++step) trainer.train_on_batch(x, y);
    return std::equal(before.begin(), before.end(), model.data());
  };
  CHECK(weights(Adam{}, 1));
  CHECK(weights(Adam{.amsgrad = true}, 1));
  CHECK(weights(AdamW{.weight_decay = 0}, 1));
  CHECK(weights(Nadam{}, 1));
  CHECK(weights(RMSprop{}, 3));
  CHECK(weights(Adagrad{}, 3));
  CHECK(weights(Adadelta{}, 3));
  // From the second step on infinity minus infinity is in Adam's moment, as in Keras.
  CHECK_THROWS_AS(weights(Adam{}, 2), NotFinite);
  CHECK_THROWS_AS(weights(Adam{.amsgrad = true}, 2), NotFinite);
}

TEST_CASE("a clipped NaN is still one") {
  Sequential<Input<4>, Dense<4, NoBias>> model{Seed{1}};
  engine::UpdaterOf<float, SGD> updater(SGD{.clipvalue = 1}, model.parameters(), model.data(), 16);
  std::vector<float> gradients(16, 0.5f);
  gradients[5] = std::numeric_limits<float>::quiet_NaN();
  updater.choose_rate();
  updater.update(model.data(), gradients.data(), 1, 1);
  CHECK(std::isnan(model.data()[5]));
  CHECK(updater.spoilt() == 0);
  CHECK(updater.spoilt() == -1);
}

namespace {

/// A loss of a user's own that throws for a sample.
struct Throws : MeanSquaredError {
  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index channels, Scalar scale) const {
    if (t[0] == 99) throw std::domain_error("a target of 99");
    return MeanSquaredError::operator()(y, t, dy, count, channels, scale);
  }
};

struct SometimesThrows : Callback {
  void on_batch_end(Training& training) override {
    if (training.batch == 1) throw std::runtime_error("from a callback");
  }
};

}  // namespace

TEST_CASE("what a schedule throws reaches the caller, and the training goes on as if it had not been") {
  const Tensor<4> x = images(20);
  Small undisturbed(Seed{1}), disturbed(Seed{1});
  bool fails = false;
  auto one = compile(undisturbed, Adam{.learning_rate = [](Index) { return 0.01; }}, BinaryCrossentropy{}),
       other = compile(disturbed,
                       Adam{.learning_rate =
                                [&](Index step) {
                                  if (fails) throw std::out_of_range(text("step ", step));
                                  return 0.01;
                                }},
                       BinaryCrossentropy{});
  for (int i = 0; i < 3; ++i) {
    one.train_on_batch(x, x);
    other.train_on_batch(x, x);
    fails = true;
    CHECK_THROWS_WITH_AS(other.train_on_batch(x, x), text("step ", i + 1).c_str(), std::out_of_range);
    fails = false;
  }
  CHECK(std::equal(undisturbed.data(), undisturbed.data() + Small::network::buffer_size, disturbed.data()));
  const auto of_nan = [](double rate) {
    return Adam{.learning_rate = [rate](Index step) { return step < 2 ? 0.01 : rate; }};
  };
  for (const double rate : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1.0}) {
    Small model(Seed{1});
    auto trainer = compile(model, of_nan(rate), BinaryCrossentropy{});
    trainer.train_on_batch(x, x), trainer.train_on_batch(x, x);
    const std::vector<float> weights(model.data(), model.data() + Small::network::buffer_size);
    CHECK_THROWS_WITH_AS(
        trainer.train_on_batch(x, x),
        text("Adam: the learning rate of step 3 is ", rate, "; expected a number of at least 0").c_str(),
        std::invalid_argument);
    CHECK(std::equal(weights.begin(), weights.end(), model.data()));
  }
  SometimesThrows callback;  // between two steps
  CHECK_THROWS_WITH_AS(other.fit(x, x, {.batch_size = 10, .verbose = {}, .callbacks = {&callback}}), "from a callback",
                       std::runtime_error);
}

TEST_CASE("what a loss or metric throws in one of the threads reaches the caller, and leaves no trace") {
  const Tensor<4> x = images(40);
  Tensor<4> bad = x;
  bad(33, 0, 0, 0) = 99;
  for (const int threads : {1, 2, 3}) {
    Small undisturbed(Seed{1}), disturbed(Seed{1});
    auto one = compile(undisturbed, Adam{}, Throws{}), other = compile(disturbed, Adam{}, Throws{});
    for (int i = 0; i < 3; ++i)
      CHECK_THROWS_WITH_AS(other.train_on_batch(x, bad, threads), "a target of 99", std::domain_error);
    CHECK_THROWS_WITH_AS(other.evaluate(x, bad, threads), "a target of 99", std::domain_error);
    CHECK_THROWS_WITH_AS(other.fit(x, bad, {.verbose = {}, .threads = threads}), "a target of 99", std::domain_error);
    CHECK(std::equal(undisturbed.data(), undisturbed.data() + Small::network::buffer_size, disturbed.data()));
    CHECK(static_cast<double>(one.train_on_batch(x, x, threads)) ==
          static_cast<double>(other.train_on_batch(x, x, threads)));
    CHECK(std::equal(undisturbed.data(), undisturbed.data() + Small::network::buffer_size, disturbed.data()));
    auto metric = compile(disturbed, Adam{}, MeanSquaredError{}, Throws{});
    CHECK_THROWS_WITH_AS(metric.train_on_batch(x, bad, threads), "a target of 99", std::domain_error);
  }
}

TEST_CASE("a process that fork() has made after work with threads works with one, to the same bits") {
  const Tensor<4> x = images(40);
  Small model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  trainer.train_on_batch(x, x, 2);
  const Tensor<4> before = model.predict(x, 2);
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    const Tensor<4> after = model.predict(x, 2);
    const bool same = std::equal(before.data(), before.data() + before.size(), after.data());
    trainer.fit(x, x, {.verbose = {}});
    _exit(same ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("early stopping stops, and puts the best weights back") {
  const Tensor<4> x = images(32);
  Small model(Seed{1});
  // A learning rate that jumps about: the first epochs cannot stay the best, nor can all get better.
  auto trainer = compile(model, SGD{.learning_rate = 500}, MeanSquaredError{});
  EarlyStopping early{{.patience = 2, .restore_best_weights = true}};
  const History history =
      trainer.fit(x, x, {.epochs = 50, .validation_data = {x, x}, .verbose = {}, .callbacks = {&early}});
  CHECK(history.epochs() < 50);
  CHECK(early.stopped_epoch == early.best_epoch + 2);
  CHECK(static_cast<int>(history.epochs()) == early.stopped_epoch + 1);
  CHECK(trainer.evaluate(x, x) == doctest::Approx(early.best).epsilon(1e-12));
  EarlyStopping blind{{.monitor = "val_accuracy"}};
  CHECK_THROWS_WITH_AS(
      trainer.fit(x, x, {.verbose = {}, .callbacks = {&blind}}),
      "EarlyStopping: monitors \"val_accuracy\", which this training does not compute; it computes loss (is there "
      "validation_data?)",
      std::invalid_argument);
  EarlyStopping impatient{{.patience = -3}};
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.verbose = {}, .callbacks = {&impatient}}),
                       "EarlyStopping: patience is at least 0, received -3", std::invalid_argument);
}

TEST_CASE("early stopping without patience does not stop after the first epoch, whatever that brought") {
  EarlyStopping early;
  Training training{.epochs = 5};
  early.on_train_begin(training);
  training.logs["val_loss"] = std::numeric_limits<double>::infinity();
  early.on_epoch_end(training);
  CHECK(!training.stop);
  training.epoch = 1, training.logs["val_loss"] = 2;
  early.on_epoch_end(training);
  CHECK(!training.stop);
  CHECK(early.best_epoch == 1);
  training.epoch = 2;  // no better
  early.on_epoch_end(training);
  CHECK(training.stop);
  CHECK(early.stopped_epoch == 2);

  EarlyStopping patient({.patience = 2});
  patient.on_train_begin(training = {.epochs = 9});
  for (const double loss : {3.0, 4.0, 2.0, 2.0, 5.0}) {
    training.logs["val_loss"] = loss;
    CHECK(!training.stop);
    patient.on_epoch_end(training);
    ++training.epoch;
  }
  CHECK(patient.stopped_epoch == 4);
  CHECK(patient.best_epoch == 2);
}

namespace {
/// The kernel of layer "b" of the model, which was 1, after ten steps with weight decay and a loss on the output "a" alone.
template <class M, class Optimizer, class... Heads>
double kernel_of_b(const Optimizer& optimizer, const Heads&... heads) {
  M model(Seed{1});
  for (const auto& tensor : model.parameters()) std::fill_n(tensor.data, tensor.size(), 1.0);
  auto trainer = compile(model, optimizer, heads...);
  Tensor<2, double> one(1, 1);
  one.setConstant(1);
  for (int step = 0; step < 10; ++step) trainer.train_on_batch(one, one);
  double found = 0;
  for (const auto& tensor : model.parameters())
    if (tensor.name == "b/kernel") found = tensor.data[0];
  return found;
}
}  // namespace

TEST_CASE("weight decay leaves parameters alone that no loss reaches, as in Keras") {
  const AdamW adam{.learning_rate = 0.1, .weight_decay = 0.5};
  const SGD sgd{.learning_rate = 0.1, .weight_decay = 0.5};
  const auto loss = head<"a">(MeanSquaredError{});
  using A = Named<"a", Dense<1, NoBias>>;
  using Unused = Model<double, Input<1>, A, From<"a">, Named<"b", Dense<1, NoBias>>, Outputs<"a", "b">>;
  CHECK(kernel_of_b<Unused>(adam, loss) == 1);
  CHECK(kernel_of_b<Unused>(sgd, loss) == 1);
  // What a penalty, a layer's own loss, or another call of the layer reaches decays.
  CHECK(kernel_of_b<Model<double, Input<1>, A, From<"a">, Named<"b", Dense<1, NoBias, KernelRegularizer<L2<1e-9>>>>,
                          Outputs<"a", "b">>>(adam, loss) < 0.7);
  CHECK(kernel_of_b<Model<double, Input<1>, A, From<"a">, Named<"b", Dense<1, NoBias, ActivityRegularizer<L2<1e-9>>>>,
                          Outputs<"a", "b">>>(adam, loss) < 0.7);
  CHECK(
      kernel_of_b<Model<double, Input<1>, A, From<"a">, Named<"b", Dense<1, NoBias>>, Named<"z_mean", Dense<1>>,
                        From<"b">, Named<"z_log_var", Dense<1>>, Named<"z", Sampling<Beta<1e-9>>>, Outputs<"a", "z">>>(
          adam, loss) < 0.7);
  CHECK(
      kernel_of_b<Model<double, Named<"x", Input<1>>, Named<"b", Dense<1, NoBias>>, Named<"first", Activation<Linear>>,
                        From<"x">, Named<"again", Again<"b">>, Named<"a", Activation<Linear>>, Outputs<"a", "first">>>(
          adam, loss) != 1);
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

TEST_CASE("weights of classes are numbers, and so are the classes") {
  Sequential<Input<3>, Dense<1>> model(Seed{1});
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
  Tensor<2> x(2, 3), y(2, 1);
  x.setConstant(0.5f), y.setConstant(1);
  const auto step = [&](std::map<int, double> class_weight) {
    trainer.train_on_batch(x, y, {.class_weight = std::move(class_weight)});
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(step({{0, 1}, {1, nan}}), "train_on_batch: class_weight of class 1 is nan",
                       std::invalid_argument);
  for (const float label : {static_cast<float>(nan), 1e20f, -1e20f}) {
    y(1, 0) = label;
    CHECK_THROWS_WITH_AS(
        step({{1, 2}}),
        text("train_on_batch: class_weight: the target of sample 1 is ", label, ", which is no class").c_str(),
        std::invalid_argument);
  }
}
