// Files of all networks that come compiled for the browser, each with what the native program makes of 100 inputs; and of what is
// no such file. explorer_check.py and explorer_browse.py make pages of them.
#include <doctest/doctest.h>

#include <latent/io/save_model.hpp>
#include <latent/models/walk.hpp>

using namespace latent;

// What explorer/module.cpp gives its network to read beta from.
namespace latent::explorer {
struct Controls {
  static double beta_at(const Call&) { return 1; }
};
}  // namespace latent::explorer

// The types that the archive's modules are compiled from, each as NAME::Network, and a list of their names: tests/CMakeLists.txt.
#include "explorer_networks.hpp"

namespace {

using Encoder = Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                           Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>>;
using Decoder = Sequential<Input<7, 7, 16>, Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
using Autoencoder = Sequential<Encoder, Decoder>;  // 7,265 parameters: mnist_autoencoder

constexpr Index samples = 100;

template <class T>
T uniform(T x, std::uint32_t stream) {
  const Random random(Seed{7}, Purpose::test, stream);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.uniform(i));
  return x;
}
Tensor<2> one_hot() {
  Tensor<2> rows(samples, 10);
  rows.setZero();
  for (Index n = 0; n < samples; ++n) rows(n, n % 10) = 1;
  return rows;
}

template <class Network>
void save(const std::string& path) {
  using network = typename Network::network;
  Network model(Seed{3});
  for (auto& tensor : model.parameters())  // biases, too, are something
    for (Index i = 0; i < tensor.size(); ++i) tensor.data[i] += 0.01f * static_cast<float>(i % 7 - 3);
  if constexpr (network::inputs == 2)
    save_model(path, model, {uniform(Tensor<2>(samples, 784), 1), one_hot()});
  else if constexpr (network::template InputShape<0>::rank == 1)
    save_model(path, model, uniform(Tensor<2>(samples, 784), 1));
  else
    save_model(path, model, uniform(Tensor<4>(samples, 28, 28, 1), 1));
}

}  // namespace

TEST_CASE("files with what the native program makes of 100 inputs") {
#define SAVE(name) save<name::Network>("explorer_" #name ".safetensors");
  EXPLORER_NETWORKS(SAVE)
#undef SAVE
  save_model("explorer_unknown.safetensors", Sequential<Input<784>, Dense<31, ReLU>, Dense<784, Sigmoid>>(Seed{5}));
}

TEST_CASE("a walk through the layers gives what the model and its parts give") {
  const Autoencoder autoencoder(Seed{3});
  engine::Walk<float> walk(Autoencoder::network::plan<>, autoencoder.data());
  REQUIRE(walk.most() >= 1);
  const Tensor<4> x = uniform(Tensor<4>(1, 28, 28, 1), 3);
  const Tensor<4> code = autoencoder.part<0>().predict(x), y = autoencoder.predict(x);
  std::vector<float> seen(784);
  walk.set(0, 1, x.data());
  walk.run(0, 4, 1);
  walk.get(4, 1, seen.data());
  CHECK(walk.scalars(4) == 784);
  CHECK(std::equal(seen.begin(), seen.end(), code.data()));

  // From the middle, on another code.
  const Tensor<4> other = uniform(Tensor<4>(1, 7, 7, 16), 4);
  walk.set(4, 1, other.data());
  walk.run(4, 9, 1);
  walk.get(9, 1, seen.data());
  const Tensor<4> decoded = autoencoder.part<1>().predict(other);
  CHECK(std::equal(seen.begin(), seen.end(), decoded.data()));

  // With other weights, once it is told.
  Autoencoder changed = autoencoder;
  engine::Walk<float> again(Autoencoder::network::plan<>, changed.data());
  for (Index i = 0; i < Autoencoder::network::buffer_size; ++i) changed.data()[i] *= 2;
  again.prepare();
  again.set(0, 1, x.data());
  again.run(0, 9, 1);
  again.get(9, 1, seen.data());
  const Tensor<4> of_changed = changed.predict(x);
  CHECK(std::equal(seen.begin(), seen.end(), of_changed.data()));
}
