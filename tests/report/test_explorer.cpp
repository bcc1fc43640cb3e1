// Files of four networks of the course, each with what the native program makes of some of its inputs; and of what is no such
// file. explorer_check.py and explorer_browse.py make pages of them.
#include <doctest/doctest.h>

#include <latent/io/save_model.hpp>
#include <latent/models/walk.hpp>

using namespace latent;

namespace {

using Encoder = Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                           Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>>;
using Decoder = Sequential<Input<7, 7, 16>, Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
using Autoencoder = Sequential<Encoder, Decoder>;  // 7,265 parameters: mnist_autoencoder

using ConditionalEncoder = Sequential<Named<"image", Input<784>>, Named<"label", Input<10>>,
                                      From<"image">, Concatenate<"label">, Named<"h", Dense<512, ReLU>>,
                                      Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>;
using ConditionalDecoder = Sequential<Named<"z", Input<2>>, Named<"label", Input<10>>,
                                      From<"z">, Concatenate<"label">, Dense<512, ReLU>, Dense<784, Sigmoid>>;
using ConditionalVae = Sequential<ConditionalEncoder, Sampling<>, ConditionalDecoder>;  // conditional_vae

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

}  // namespace

TEST_CASE("files with what the native program makes of 100 inputs") {
  save_model("explorer_mnist_autoencoder.safetensors", Autoencoder(Seed{3}), uniform(Tensor<4>(samples, 28, 28, 1), 1));
  const Tensor<2> images = uniform(Tensor<2>(samples, 784), 2), labels = one_hot();
  save_model("explorer_conditional_vae.safetensors", ConditionalVae(Seed{4}), {images, labels});
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
