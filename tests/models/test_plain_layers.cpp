// The plain layers together in one model, on the course's terms: it trains, and the threads leave no trace.
#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {
using Autoencoder = Sequential<Input<14, 10, 2>, ZeroPadding2D<1>, Conv2D<9, 3, GELU>, AveragePooling2D<2>,
                               LayerNormalization<>, Conv2D<8, 3, Same, LeakyReLU<>>, UpSampling2D<2, Bilinear>,
                               Conv2D<5, 3, Same>, ELU<>, ZeroPadding2D<Size{2, 0}>, Cropping2D<Border{.top = 4}>,
                               LayerNormalization<Axes<1, 2, 3>>, Conv2D<2, 3, Same, SiLU>>;
using Classifier = Sequential<Input<14, 10, 2>, Conv2D<12, 3, Strides<2>, SELU>, GlobalAveragePooling2D<>,
                              Dense<7, Softplus>, LayerNormalization<>, Dense<5, ApproximateGELU>, Dense<3>, Softmax>;

template <class Model>
struct Trained {
  std::vector<float> parameters;
  std::vector<double> losses;
  bool operator==(const Trained&) const = default;
};

template <class Model>
Trained<Model> trained(int threads) {
  Model model(Seed{3});
  typename Model::InputTensor x(37, 14, 10, 2);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{2}, Purpose::test).uniform(i));
  const auto y = Model(Seed{4}).predict(x);  // it learns what another one of its kind computes
  auto trainer = compile(model, Adam{.learning_rate = 0.01}, MeanSquaredError{});
  Trained<Model> result;
  for (int step = 0; step < 20; ++step) result.losses.push_back(trainer.train_on_batch(x, y, threads));
  result.parameters.assign(model.data(), model.data() + Model::network::buffer_size);
  return result;
}

template <class Model>
void expect_training() {
  const auto one = trained<Model>(1);
  CHECK(one.losses.back() < 0.5 * one.losses.front());
  for (int threads : {2, 3}) CHECK(trained<Model>(threads) == one);
}
}  // namespace

TEST_CASE("an auto-encoder of plain layers trains, with the same bits on 1, 2 and 3 threads") {
  expect_training<Autoencoder>();
}
TEST_CASE("a classifier likewise") { expect_training<Classifier>(); }
