#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/io.hpp>
#include <latent/latent.hpp>

#include "files.hpp"

using namespace latent;

namespace {

template <class Batch>
Batch random_batch(Batch batch, std::uint64_t seed, double mean = 0, double deviation = 1) {
  const Random random(Seed{seed}, Purpose::test);
  for (Index i = 0; i < batch.size(); ++i)
    batch.data()[i] = static_cast<typename Batch::Scalar>(mean + deviation * random.normal(i));
  return batch;
}

// A bias right before a BatchNormalization changes nothing, and its derivatives are 0, which check_gradients refuses.

/// Gammas other than 1, betas other than 0, moving statistics of some training.
template <class M>
M with_other_parameters(std::uint64_t seed = 7) {
  M model(Seed{seed});
  for (auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i)
      parameter.data[i] += static_cast<typename M::Scalar>(0.3 * Random(Seed{8}, Purpose::test).uniform(i));
  return model;
}

template <class M>
void expect_right_gradients(typename M::InputTensor x, const CallMode& mode = {.training = true, .seed = Seed{5}}) {
  M model = with_other_parameters<M>();
  const auto report = check_gradients(model, random_batch(x, 9, 0.5), 1e-8, mode);
  CHECK_MESSAGE(report.passed, report);
}

template <class... Layers>
using Double = Model<double, Layers...>;
using BN = BatchNormalization<>;

using Small = Sequential<Input<8, 8, 1>, Conv2D<4, 3, Same, NoBias>, BN, Activation<ReLU>, MaxPooling2D<2>,
                         Conv2D<4, 3, Same, ReLU>, BatchNormalization<Momentum<0.9>>, UpSampling2D<2>,
                         Conv2D<1, 3, Same, Sigmoid>>;
using SmallDense = Sequential<Input<64>, Dense<9, ReLU>, BN, Dropout<0.2>, Dense<64, Sigmoid>>;

template <class M>
std::pair<std::vector<float>, History> train(const typename M::InputTensor& x, int threads) {
  M model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  // The last batch is smaller, and leaves some lanes without a chunk.
  const History history =
      trainer.fit(x, x, {.epochs = 3, .batch_size = 50, .validation_data = {x, x}, .verbose = {}, .threads = threads});
  return {{model.data(), model.data() + M::network::buffer_size}, history};
}

template <class M>
void expect_same_bits(const typename M::InputTensor& x) {
  const auto [one, history] = train<M>(x, 1);
  CHECK(history["loss"].back() < history["loss"].front());
  for (int threads : {1, 2, 3, 16}) {
    const auto [several, other] = train<M>(x, threads);
    CHECK(several == one);
    CHECK(other.history == history.history);
  }
}

}  // namespace

TEST_CASE("the gradients over a whole batch are right") {
  expect_right_gradients<Double<Input<5>, BN>>(Tensor<2, double>(3, 5));
  expect_right_gradients<Double<Input<7>, Dense<5, Tanh>, BN, Dense<3>>>(Tensor<2, double>(70, 7));  // several chunks
  expect_right_gradients<Double<Input<4, 3, 2>, Conv2D<3, 3, Same, Sigmoid>, BN, Conv2D<2, 3, Same>>>(
      Tensor<4, double>(5, 4, 3, 2));
  expect_right_gradients<Double<Input<3, 4>, BatchNormalization<NoCenter>, Dense<2>>>(Tensor<3, double>(5, 3, 4));
  expect_right_gradients<
      Double<Input<4>, Dense<20, NoBias>, BatchNormalization<NoScale, Epsilon<0.1>>, Activation<Tanh>>>(
      Tensor<2, double>(6, 4));
}

TEST_CASE("what is gathered: a count, and four numbers for each channel; gamma and beta only if they are wanted") {
  using All = BN::On<Shape<4, 3, 6>, float>;
  CHECK((All::statistics_size == 1 + 4 * 6 && All::prepared_size == 2 * 6 && All::scratch_size == 5 * 6));
  CHECK((All::gamma == 0 && All::beta == 1 && All::moving_mean == 2 && All::moving_variance == 3));
  using NoGamma = BatchNormalization<NoScale>::On<Shape<6>, float>;
  CHECK((NoGamma::beta == 0 && NoGamma::moving_mean == 1 && NoGamma::parameters.size() == 3));
  using NoBeta = BatchNormalization<NoCenter>::On<Shape<6>, float>;
  CHECK((NoBeta::gamma == 0 && NoBeta::moving_mean == 1 && NoBeta::parameters.size() == 3));
  CHECK((BN::momentum == 0.99 && BN::epsilon == 1e-3));
}

TEST_CASE("statistics of two chunks in one lane, what they move, and what is prepared of that") {
  using On = BatchNormalization<Momentum<0.75>>::On<Shape<2, 3, 5>, double>;
  using L = Layout<Shape<2, 3, 5>>;
  std::vector<double> x, s(On::statistics_size, 0.0), prepared(11, -1.0);
  for (Index i = 0; i < 90; ++i) x.push_back(3 + Random(Seed{4}, Purpose::test).normal(i));
  On::gather(View<const double, L>(x.data(), 2), s.data()),
      On::gather(View<const double, L>(x.data() + 60, 1), s.data());
  CHECK(s[On::count] == 18);
  struct {
    std::vector<double> of[4];  // and a number behind each
    double* operator[](std::size_t i) const { return const_cast<double*>(of[i].data()); }
  } tensors;
  for (auto& tensor : tensors.of) tensor.assign(6, 2.0);
  On::remember(tensors, s.data()), On::prepare(tensors, prepared.data());
  for (std::size_t c = 0; c < 5; ++c) {
    double mean = 0, variance = 0;
    for (std::size_t i = c; i < 90; i += 5) mean += x[i] / 18;
    for (std::size_t i = c; i < 90; i += 5) variance += (x[i] - mean) * (x[i] - mean) / 18;
    CHECK(tensors[On::moving_mean][c] == doctest::Approx(1.5 + 0.25 * mean).epsilon(1e-14));
    CHECK(tensors[On::moving_variance][c] == doctest::Approx(1.5 + 0.25 * variance).epsilon(1e-14));
    CHECK(prepared[c] == tensors[On::moving_mean][c]);
    CHECK(prepared[5 + c] == doctest::Approx(1 / std::sqrt(tensors[On::moving_variance][c] + 1e-3)).epsilon(1e-14));
  }
  CHECK((tensors[On::moving_mean][5] == 2 && tensors[On::moving_variance][5] == 2 && prepared[10] == -1));
}

TEST_CASE("without gamma and beta, values that are one deviation from the mean") {
  const Model<double, Input<1>, BatchNormalization<NoCenter, NoScale, Epsilon<3>>> model;
  Tensor<2, double> x(2, 1);
  x.setValues({{-1}, {1}});
  CHECK((model.predict(x)(0, 0) == -0.5 && model.predict(x)(1, 0) == 0.5));
}

TEST_CASE("several of them in a chain, side by side, at both ends, with other layers that look at the call") {
  expect_right_gradients<
      Double<Input<4, 4, 2>, BN, Conv2D<3, 3, Same, Sigmoid>, BN, MaxPooling2D<2>, Conv2D<2, 3, Same, NoBias>, BN>>(
      Tensor<4, double>(3, 4, 4, 2));
  expect_right_gradients<Double<Input<6>, BatchNormalization<NoCenter>, BatchNormalization<Epsilon<0.5>>, Dense<4>>>(
      Tensor<2, double>(40, 6));
  expect_right_gradients<
      Double<Input<6>, Dense<8, Tanh, ActivityRegularizer<L2<0.1>>>, BN, Dropout<0.3>, Dense<4, Sigmoid>, BN,
             ActivityRegularization<0.0, 0.2>, Dense<3, KernelRegularizer<L2<0.1>>>>>(Tensor<2, double>(65, 6));
}

TEST_CASE("at inference the moving statistics are constants, for the gradients, too") {
  expect_right_gradients<Double<Input<4, 4, 2>, Conv2D<3, 3, Same, Sigmoid>, BN, Conv2D<2, 3, Same>, BN>>(
      Tensor<4, double>(3, 4, 4, 2), {});
}

TEST_CASE("the gradient that a step follows is that of the whole batch: 7 chunks and a rest, in 8 lanes") {
  using M = Double<Input<6>, Dense<5, Tanh>, BN, Dense<3, Sigmoid>>;
  M model = with_other_parameters<M>();
  const Index samples = 7 * M::network::chunk + 3;
  const auto x = random_batch(Tensor<2, double>(samples, 6), 1), t = random_batch(Tensor<2, double>(samples, 3), 2);
  M moved = model;
  compile(moved, SGD{.learning_rate = 1}, MeanSquaredError{}).train_on_batch(x, t);
  const auto loss = [&] {
    const auto y = model.call(x, {.training = true});
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum += std::pow(y.data()[i] - t.data()[i], 2);
    return sum / static_cast<double>(y.size());
  };
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const auto parameter = model.parameters()[p];
    if (!parameter.trainable) continue;
    double largest = 0, worst = 0;
    for (Index i = 0; i < parameter.size(); ++i) {
      const double kept = parameter.data[i], gradient = kept - moved.parameters()[p].data[i];
      parameter.data[i] = kept + 1e-5;
      const double above = loss();
      parameter.data[i] = kept - 1e-5;
      const double difference = (above - loss()) / 2e-5;
      parameter.data[i] = kept;
      largest = std::max(largest, std::abs(difference)), worst = std::max(worst, std::abs(gradient - difference));
    }
    CHECK(largest > 0.001);
    CHECK_MESSAGE(worst < 1e-7 * largest, parameter.name, ": off by ", worst / largest);
  }
}

TEST_CASE("the same bits for any number of threads") {
  Tensor<4> x(123, 8, 8, 1);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Random(Seed{5}, Purpose::test).uniform(i) > 0.7);
  expect_same_bits<Small>(x);
  expect_same_bits<SmallDense>(Tensor<2>(x.reshape(Eigen::array<Index, 2>{123, 64})));
}

TEST_CASE("the result has mean 0 and variance 1 even where the mean is 10,000 times the deviation") {
  using M = Sequential<Input<3>, BatchNormalization<Epsilon<1e-12>>>;
  const auto x = random_batch(Tensor<2>(1001, 3), 3, 1e4, 1.0);
  const auto y = M().call(x, {.training = true});
  for (Index c = 0; c < 3; ++c) {
    double sum = 0, squares = 0;
    for (Index n = 0; n < 1001; ++n) sum += y(n, c), squares += y(n, c) * y(n, c);
    // The mean itself is rounded to a float: an error of up to half a unit of 1e4, 5e-4.
    CHECK(std::abs(sum / 1001) < 5e-4);
    CHECK(squares / 1001 == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("the moving statistics follow the batches, and the optimiser leaves them alone") {
  using M = Model<double, Input<3>, BatchNormalization<Momentum<0.75>>>;
  M model;
  auto trainer = compile(model, SGD{.learning_rate = 0.5, .momentum = 0.9}, MeanSquaredError{});
  double mean[3] = {0, 0, 0}, variance[3] = {1, 1, 1};
  for (std::uint64_t step = 0; step < 5; ++step) {
    const auto x = random_batch(Tensor<2, double>(70, 3), step, 2, 3), t = random_batch(Tensor<2, double>(70, 3), 100);
    for (Index c = 0; c < 3; ++c) {
      double sum = 0, squares = 0;
      for (Index n = 0; n < 70; ++n) sum += x(n, c) / 70;
      for (Index n = 0; n < 70; ++n) squares += std::pow(x(n, c) - sum, 2) / 70;
      mean[c] = 0.75 * mean[c] + 0.25 * sum, variance[c] = 0.75 * variance[c] + 0.25 * squares;
    }
    trainer.train_on_batch(x, t);
  }
  const auto parameters = model.parameters();
  CHECK(parameters[0].data[0] != 1);  // gamma has learnt
  for (Index c = 0; c < 3; ++c) {
    CHECK(parameters[2].data[c] == doctest::Approx(mean[c]).epsilon(1e-13));
    CHECK(parameters[3].data[c] == doctest::Approx(variance[c]).epsilon(1e-13));
  }
  // They are what predict goes by.
  Tensor<2, double> x(1, 3);
  x.setConstant(1);
  const double expected = (1 - mean[1]) / std::sqrt(variance[1] + 1e-3) * parameters[0].data[1] + parameters[1].data[1];
  CHECK(model.predict(x)(0, 1) == doctest::Approx(expected).epsilon(1e-13));
}

TEST_CASE("a step that is refused leaves the moving statistics alone, and the message names the layer") {
  Small model(Seed{1});
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  Tensor<4> x = random_batch(Tensor<4>(20, 8, 8, 1), 1);
  x(13, 2, 2, 0) = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> before(model.data(), model.data() + Small::network::buffer_size);
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, x), doctest::Contains("layer 0 (input_layer) for training sample 13"),
                       NotFinite);
  CHECK(before == std::vector<float>(model.data(), model.data() + Small::network::buffer_size));
}

TEST_CASE("a batch of one sample") {
  using M = Double<Input<3>, Dense<4>, BN>;
  M model = with_other_parameters<M>();
  const auto x = random_batch(Tensor<2, double>(1, 3), 1);
  const auto y = model.call(x, {.training = true});
  for (Index c = 0; c < 4; ++c) CHECK(y(0, c) == model.parameters()[3].data[c]);  // x - mean is 0: beta is left
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
  CHECK(std::isfinite(trainer.train_on_batch(x, y)));
  CHECK(std::isfinite(trainer.evaluate(x, y)));
  CHECK(model.predict(x).dimension(0) == 1);
  // Images have many pixels, and train in ones, too.
  expect_right_gradients<Double<Input<4, 3, 2>, Conv2D<3, 3, Same, Tanh>, BN, Flatten, Dense<2>>>(
      Tensor<4, double>(1, 4, 3, 2));
}

TEST_CASE("evaluate and predict do not depend on what else is in the batch") {
  const Small model = with_other_parameters<Small>();
  const Tensor<4> x = random_batch(Tensor<4>(9, 8, 8, 1), 1), y = model.predict(x),
                  last = model.predict(slice(x, 8, 1));
  CHECK(std::equal(last.data(), last.data() + last.size(), y.data() + 8 * 64));
}

TEST_CASE("names, shapes and counts as in Keras; weights that are not trained are saved and loaded") {
  const Small model(Seed{1});
  std::vector<std::string> names;
  for (const auto& parameter : model.parameters()) names.push_back(parameter.name + (parameter.trainable ? "" : " -"));
  CHECK(names == std::vector<std::string>{"conv2d/kernel", "batch_normalization/gamma", "batch_normalization/beta",
                                          "batch_normalization/moving_mean -", "batch_normalization/moving_variance -",
                                          "conv2d_1/kernel", "conv2d_1/bias", "batch_normalization_1/gamma",
                                          "batch_normalization_1/beta", "batch_normalization_1/moving_mean -",
                                          "batch_normalization_1/moving_variance -", "conv2d_2/kernel",
                                          "conv2d_2/bias"});
  CHECK(model.summary().find(" Total params: 253 (1012.00 B)\n Trainable params: 237 (948.00 B)\n"
                             " Non-trainable params: 16 (64.00 B)\n") != std::string::npos);

  const TemporaryFolder folder;
  const std::string path = (folder.path / "weights.safetensors").string();
  const Small trained = with_other_parameters<Small>();
  save_weights(path, trained);
  Small loaded(Seed{2});
  load_weights(path, loaded);
  CHECK(std::equal(trained.data(), trained.data() + Small::network::buffer_size, loaded.data()));
  Tensor<4> x = random_batch(Tensor<4>(2, 8, 8, 1), 1);
  Tensor<4> dy = loaded.predict(x);
  CHECK(loaded.backward(x, dy).parameters.count("batch_normalization/moving_mean") == 0);
}
