// Losses that a model adds to that of the targets: penalties of regularizers, and of layers such as Sampling.
#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {

template <class Batch>
Batch random_batch(const Batch& empty, std::uint64_t seed, bool uniform) {
  Batch batch = empty;
  const Random random(Seed{seed}, Purpose::test);
  for (Index i = 0; i < batch.size(); ++i)
    batch.data()[i] = static_cast<typename Batch::Scalar>(uniform ? random.uniform(i) : random.normal(i));
  return batch;
}

/// The gradients that a step follows are the derivatives of what evaluate reports, parts and all.
template <class Loss, class... Layers>
void expect_the_step_to_follow_evaluate(const Loss& loss) {
  using M = Model<double, Input<6>, Layers...>;
  M model(Seed{3});
  for (auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i) parameter.data[i] += 0.1 * Random(Seed{8}, Purpose::test).normal(i);
  const auto x = random_batch(typename M::InputTensor(7, 6), 1, false);
  const auto t = random_batch(typename M::OutputTensor(7, M::output_shape::size), 2, true);

  M moved = model;
  const double before = compile(moved, SGD{.learning_rate = 1}, loss).train_on_batch(x, t);
  auto trainer = compile(model, SGD{}, loss);
  CHECK(before == doctest::Approx(trainer.evaluate(x, t)).epsilon(1e-13));
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const auto parameter = model.parameters()[p];
    double largest = 0, worst = 0;
    for (Index i = 0; i < parameter.size(); ++i) {
      const double kept = parameter.data[i], gradient = kept - moved.parameters()[p].data[i];
      parameter.data[i] = kept + 1e-5;
      const double above = trainer.evaluate(x, t);
      parameter.data[i] = kept - 1e-5;
      const double difference = (above - trainer.evaluate(x, t)) / 2e-5;
      parameter.data[i] = kept;
      largest = std::max(largest, std::abs(difference)), worst = std::max(worst, std::abs(gradient - difference));
    }
    CHECK(largest > 0.01);
    CHECK_MESSAGE(worst < 1e-8 * largest, parameter.name, ": off by ", worst / largest);  // as in check_gradients
  }
}

using Sparse =
    Sequential<Input<6>, Dense<5, ReLU, ActivityRegularizer<L1<0.01>>, KernelRegularizer<L2<0.1>>>, Dense<6, Sigmoid>>;
using Variational = Sequential<Input<6>, Named<"h", Dense<8, Tanh>>, Named<"z_mean", Dense<2>>, From<"h">,
                               Named<"z_log_var", Dense<2>>, Sampling<>, Dense<6, Sigmoid>>;

template <class M>
std::pair<std::vector<float>, History> train(int threads) {
  const Tensor<2> x = random_batch(Tensor<2>(123, 6), 1, true);
  M model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const History history =
      trainer.fit(x, x, {.epochs = 3, .batch_size = 50, .validation_data = {x, x}, .verbose = {}, .threads = threads});
  return {{model.data(), model.data() + M::network::buffer_size}, history};
}

/// Of layers that have no other penalties: half the squares of the kernels or other parameters whose name ends so, and of the result of
/// the last layer, if it is penalised.
template <class Input, class... Layers>
void expect_penalty(const char* parameters, bool result) {
  using M = Model<double, Input, Layers...>;
  const M model(Seed{1});
  typename M::InputTensor::Dimensions dimensions;
  dimensions[0] = 5;
  std::copy_n(M::input_shape::dimensions.begin(), M::input_shape::rank, dimensions.begin() + 1);
  const auto x = random_batch(typename M::InputTensor(dimensions), 1, false);
  const auto y = model.predict(x);
  double expected = 0;
  for (Index i = 0; result && i < y.size(); ++i) expected += 0.5 * y.data()[i] * y.data()[i] / 5;
  for (const auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size() && *parameters && parameter.name.ends_with(parameters); ++i)
      expected += 0.5 * parameter.data[i] * parameter.data[i];
  REQUIRE(expected > 0);
  const auto losses = model.losses(x);
  REQUIRE(losses.count("regularization_loss") == 1);
  CHECK(losses.at("regularization_loss") == doctest::Approx(expected).epsilon(1e-12));
}
template <class Input, template <class...> class Layer>
void expect_penalties() {
  expect_penalty<Input, Layer<ActivityRegularizer<L2<0.5>>>>("", true);
  expect_penalty<Input, Layer<Sigmoid, ActivityRegularizer<L2<0.5>>>>("", true);
  expect_penalty<Input, Layer<GELU, ActivityRegularizer<L2<0.5>>>>("", true);
  expect_penalty<Input, Layer<BiasInitializer<Ones>, BiasRegularizer<L2<0.5>>>>("bias", false);
}
template <class Input, template <class...> class Layer>
void expect_kernel_penalties() {
  expect_penalties<Input, Layer>();
  expect_penalty<Input, Layer<KernelRegularizer<L2<0.5>>>>("kernel", false);
  expect_penalty<Input, Layer<KernelRegularizer<L2<0.5>>, ActivityRegularizer<L2<0.5>>>>("kernel", true);
}
template <class... O>
using Dense4 = Dense<4, O...>;
template <class... O>
using Conv1D4 = Conv1D<4, 3, O...>;
template <class... O>
using Conv1DTranspose4 = Conv1DTranspose<4, 3, Strides<2>, O...>;
template <class... O>
using Conv2D4 = Conv2D<4, 3, O...>;
template <class... O>
using Conv2DTranspose4 = Conv2DTranspose<4, 3, Strides<2>, O...>;
template <class... O>
using Depthwise = DepthwiseConv2D<3, O...>;
template <class... O>
using Separable = SeparableConv2D<4, 3, O...>;

std::vector<std::string> names(const History& history) {
  std::vector<std::string> all;
  for (const auto& [name, values] : history.history) all.push_back(name);
  return all;
}

}  // namespace

TEST_CASE("penalties on kernels, biases and activities, and their gradients") {
  const BinaryCrossentropy through_logits;
  const MeanSquaredError plain;
  expect_the_step_to_follow_evaluate<BinaryCrossentropy, Dense<5, Tanh, KernelRegularizer<L1L2<0.03, 0.2>>>,
                                     Dense<3, Sigmoid, BiasRegularizer<L2<0.5>>, KernelRegularizer<L1<0.1>>>>(
      through_logits);
  expect_the_step_to_follow_evaluate<MeanSquaredError, Dense<5, ReLU, ActivityRegularizer<L1<0.3>>>, Dense<3>>(plain);
  expect_the_step_to_follow_evaluate<MeanSquaredError, Dense<5, Softmax, ActivityRegularizer<L2<0.3>>>, Dense<3, Tanh>>(
      plain);
  expect_the_step_to_follow_evaluate<MeanSquaredError, Dense<5, Sigmoid>, ActivityRegularization<0.1, 0.2>, Dense<3>>(
      plain);
  // On the activity of a Conv2D, whose neighbours undo its activation as they go, and want borders.
  expect_the_step_to_follow_evaluate<
      MeanSquaredError, Reshape<2, 3, 1>, Conv2D<2, 3, Same, ReLU, ActivityRegularizer<L1<0.1>>>,
      Conv2D<2, 3, Same, ActivityRegularizer<L2<0.1>>>, UpSampling2D<2>, Flatten, Dense<3>>(plain);
}

TEST_CASE("penalties reach the loss from every layer that takes them") {
  expect_kernel_penalties<Input<6>, Dense4>();
  expect_kernel_penalties<Input<7, 3>, Conv1D4>();
  expect_kernel_penalties<Input<5, 3>, Conv1DTranspose4>();
  expect_kernel_penalties<Input<5, 6, 2>, Conv2D4>();
  expect_kernel_penalties<Input<3, 4, 2>, Conv2DTranspose4>();
  expect_penalties<Input<5, 6, 2>, Depthwise>();
  expect_penalties<Input<5, 6, 2>, Separable>();
  expect_penalty<Input<5, 6, 2>, Depthwise<DepthwiseRegularizer<L2<0.5>>>>("kernel", false);
  expect_penalty<Input<5, 6, 2>, Separable<DepthwiseRegularizer<L2<0.5>>>>("depthwise_kernel", false);
  expect_penalty<Input<5, 6, 2>, Separable<PointwiseRegularizer<L2<0.5>>>>("pointwise_kernel", false);
  using Code = Named<"code", Dense<4, NoBias>>;
  expect_penalty<Input<6>, Code, DenseTranspose<"code", Tanh, ActivityRegularizer<L2<0.5>>>>("", true);
  expect_penalty<Input<6>, Code, DenseTranspose<"code", BiasInitializer<Ones>, BiasRegularizer<L2<0.5>>>>("bias",
                                                                                                          false);
  expect_penalty<Input<6>, Code, ActivityRegularization<0.0, 0.5>>("", true);
}

TEST_CASE("a penalty on the result, also where the loss looks through the last activation") {
  expect_the_step_to_follow_evaluate<BinaryCrossentropy, Dense<3, Sigmoid, ActivityRegularizer<L1L2<0.1, 0.3>>>>({});
  expect_the_step_to_follow_evaluate<MeanSquaredError, Dense<3, Sigmoid, ActivityRegularizer<L1L2<0.1, 0.3>>>>({});
  expect_the_step_to_follow_evaluate<MeanSquaredError, Dense<3, Softmax, ActivityRegularizer<L2<0.3>>>>({});
}

TEST_CASE("the parts of a loss are reported by name, and only where there are any") {
  const History history = train<Sparse>(1).second;
  CHECK(names(history) == std::vector<std::string>{"data_loss", "loss", "regularization_loss", "val_data_loss",
                                                   "val_loss", "val_regularization_loss"});
  const History variational = train<Variational>(1).second;
  CHECK(names(variational) == std::vector<std::string>{"kl_loss", "loss", "reconstruction_loss", "val_kl_loss",
                                                       "val_loss", "val_reconstruction_loss"});
  CHECK(names(train<Sequential<Input<6>, Dense<6>>>(1).second) == std::vector<std::string>{"loss", "val_loss"});
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    CHECK(history["loss"][epoch] ==
          doctest::Approx(history["data_loss"][epoch] + history["regularization_loss"][epoch]).epsilon(1e-14));
    CHECK(variational["val_loss"][epoch] ==
          doctest::Approx(variational["val_kl_loss"][epoch] + variational["val_reconstruction_loss"][epoch])
              .epsilon(1e-14));
    CHECK(variational["kl_loss"][epoch] > 0);
  }
}

TEST_CASE("a model's own losses, on their own") {
  const Sparse model(Seed{1});
  const Tensor<2> x = random_batch(Tensor<2>(123, 6), 1, true);
  const Tensor<2> code =
      Sequential<Input<6>, Dense<5, ReLU>>(Seed{1}).predict(x);  // the first layer without its options
  const auto kernel = model.parameters()[0];
  double expected = 0;
  for (Index i = 0; i < code.size(); ++i) expected += 0.01 * std::abs(code.data()[i]) / 123;
  for (Index i = 0; i < kernel.size(); ++i) expected += 0.1 * kernel.data[i] * kernel.data[i];
  const auto losses = model.losses(x);
  CHECK(losses.size() == 1);
  CHECK(losses.at("regularization_loss") == doctest::Approx(expected).epsilon(1e-6));  // float32
  CHECK(Sequential<Input<6>, Dense<5>>().losses(x).empty());
  // Of several penalties the sum.
  const Sequential<Input<6>, Dense<4, ActivityRegularizer<L1<0.5>>>, Dense<3, ActivityRegularizer<L1<0.25>>>> two(
      Seed{2});
  const auto first = Sequential<Input<6>, Dense<4>>(Seed{2}).predict(x), second = two.predict(x);
  expected = 0;
  for (Index i = 0; i < first.size(); ++i) expected += 0.5 * std::abs(first.data()[i]) / 123;
  for (Index i = 0; i < second.size(); ++i) expected += 0.25 * std::abs(second.data()[i]) / 123;
  CHECK(two.losses(x).at("regularization_loss") == doctest::Approx(expected).epsilon(1e-6));
}

TEST_CASE("own losses have the same bits for any number of threads") {
  const auto sparse = train<Sparse>(1), variational = train<Variational>(1);
  for (int threads : {2, 3, 16}) {
    CHECK(train<Sparse>(threads).first == sparse.first);
    CHECK(train<Sparse>(threads).second.history == sparse.second.history);
    CHECK(train<Variational>(threads).first == variational.first);
    CHECK(train<Variational>(threads).second.history == variational.second.history);
  }
}

TEST_CASE("a layer that draws and adds to the loss passes the gradient check, in every chunk") {
  Model<double, Named<"x", Input<3>>, Named<"z_mean", Dense<2>>, From<"x">, Named<"z_log_var", Dense<2>>, Sampling<>,
        Dense<3, Tanh>>
      model(Seed{2});
  const auto x = random_batch(Tensor<2, double>(40, 3), 1, false);
  const auto report = check_gradients(model, x);
  CHECK_MESSAGE(report.passed, report);
}
