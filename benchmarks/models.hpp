/// The models that the benchmarks train, and what one pass through them costs.
#pragma once

#include <latent/latent.hpp>

using namespace latent;

// ---- models

/// Options such as Kernel<tiled> go to every convolution.
template <class Images, Index small, Index large, class... Options>
using ConvolutionalAutoencoder =
    Sequential<Images, Conv2D<small, 3, Same, ReLU, Options...>, MaxPooling2D<2, Same>,
               Conv2D<large, 3, Same, ReLU, Options...>, MaxPooling2D<2, Same>,
               Conv2D<large, 3, Same, ReLU, Options...>, UpSampling2D<2>, Conv2D<small, 3, Same, ReLU, Options...>,
               UpSampling2D<2>, Conv2D<Images::shape::dimensions.back(), 3, Same, Sigmoid, Options...>>;
using TransposeAutoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, Strides<2>, ReLU>, Conv2D<64, 3, Same, Strides<2>, ReLU>,
               Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>, Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>,
               Conv2D<1, 3, Same, Sigmoid>>;
using DenseAutoencoder = Sequential<Input<784>, Dense<32, ReLU>, Dense<784, Sigmoid>>;
using DeepDenseAutoencoder = Sequential<Input<784>, Dense<128, ReLU>, Dense<64, ReLU>, Dense<32, ReLU>, Dense<64, ReLU>,
                                        Dense<128, ReLU>, Dense<784, Sigmoid>>;
using VariationalEncoder =
    Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, Strides<2>, ReLU>, Conv2D<64, 3, Same, Strides<2>, ReLU>, Flatten,
               Named<"h", Dense<16, ReLU>>, Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>;
using VariationalDecoder =
    Sequential<Input<2>, Dense<7 * 7 * 64, ReLU>, Reshape<7, 7, 64>, Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
               Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>, Conv2DTranspose<1, 3, Same, Sigmoid>>;
using VariationalAutoencoder = Sequential<VariationalEncoder, Sampling<>, VariationalDecoder>;
/// Two levels down and up again, with what was fine beside what comes back.
using UNet =
    Sequential<Input<28, 28, 1>, Named<"fine", Conv2D<16, 3, Same, ReLU>>, MaxPooling2D<2>,
               Named<"coarse", Conv2D<32, 3, Same, ReLU>>, MaxPooling2D<2>, Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
               Concatenate<"coarse">, Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>, Concatenate<"fine">,
               Conv2D<16, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;
using Classifier = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                              Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2, Same>, Flatten, Dense<10, Softmax>>;

/// dae74k with a batch normalization after each of the four convolutions before the last.
using NormalizedAutoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same>, BatchNormalization<>, Activation<ReLU>, MaxPooling2D<2, Same>,
               Conv2D<64, 3, Same>, BatchNormalization<>, Activation<ReLU>, MaxPooling2D<2, Same>, Conv2D<64, 3, Same>,
               BatchNormalization<>, Activation<ReLU>, UpSampling2D<2>, Conv2D<32, 3, Same>, BatchNormalization<>,
               Activation<ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;

/// A model by name, with the batch it is trained on and the number of parameters that every library must come to.
template <FixedString name_, Index parameters, Index batch_, class Model_, class Loss_ = BinaryCrossentropy>
struct Entry {
  static_assert(Model_::count_params() == parameters, "the model of that name has another number of parameters");
  static constexpr const char* name = name_.characters;
  static constexpr Index batch = batch_;
  using Model = Model_;
  using Loss = Loss_;
};

/// The classifier learns with the mean squared error of its probabilities, which costs what a cross-entropy would.
template <class... Options>
using Convolutional =
    std::tuple<Entry<"ae7k", 7'265, 128, ConvolutionalAutoencoder<Input<28, 28, 1>, 16, 16, Options...>>,
               Entry<"dae74k", 74'497, 128, ConvolutionalAutoencoder<Input<28, 28, 1>, 32, 64, Options...>>>;
using OtherModels =
    std::tuple<Entry<"dae_transpose", 74'497, 128, TransposeAutoencoder>,
               Entry<"vae", 134'165, 128, VariationalAutoencoder, SumOverPixels<BinaryCrossentropy>>,
               Entry<"dense32", 50'992, 256, DenseAutoencoder>, Entry<"deep_dense", 222'384, 256, DeepDenseAutoencoder>,
               Entry<"unet", 58'049, 128, UNet>,
               Entry<"classifier", 50'186, 128, Classifier, MeanSquaredError>>;
/// Measured where it is asked for by name; the peers do not have it.
using Normalized = std::tuple<Entry<"normalized", 75'265, 128, NormalizedAutoencoder>>;
using AllModels = decltype(std::tuple_cat(Convolutional<>{}, OtherModels{}));

/// Calls visit(entry) for every entry of such a list.
template <class Entries, class Visit>
void for_models(const Visit& visit) {
  std::apply([&](auto... entry) { (visit(entry), ...); }, Entries{});
}

// ---- FLOPs: those of the direct convolution, 2 for each multiply-add; nothing else is counted

/// Of one sample in one pass of layer i, forward as well as backward.
template <class network, int i>
constexpr double flops_per_pass() {
  using L = typename network::template Layer<i>;
  if constexpr (L::parameters.empty()) {
    return 0;
  } else {
    const ParameterSpec& kernel = L::parameters[0];
    Index positions = L::output_shape::size / kernel.dimensions[static_cast<std::size_t>(kernel.rank - 1)];
    // A transposed convolution has as many as the convolution that it undoes.
    if constexpr (requires { L::convolution; }) positions = L::convolution.rows.output * L::convolution.columns.output;
    return 2 * static_cast<double>(positions) * static_cast<double>(kernel.size());
  }
}

/// Of one sample in a training step: forward, weight gradient and, except in the first layer, input gradient.
template <class network>
constexpr double flops_per_sample() {
  double sum = 0;
  network::for_layers([&]<int i>() { sum += flops_per_pass<network, i>() * (i == 0 ? 2 : 3); });
  return sum;
}
