#include "support/digit_codes.hpp"

#include <iostream>

#include "latent/datasets/mnist.hpp"
#include "latent/datasets/rows.hpp"
#include "latent/io/save_weights.hpp"
#include "latent/latent.hpp"
#include "support/going_on.hpp"
#include "support/results.hpp"
#include "support/saved_weights.hpp"

namespace latent {
namespace {

using DenseAutoencoder =
    Sequential<Sequential<Input<784>, Dense<32, ReLU>>, Sequential<Input<32>, Dense<784, Sigmoid>>>;
using ConvolutionalAutoencoder = Sequential<Sequential<Input<28, 28, 1>,
                                                       Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                                       Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>>,
                                            Sequential<Input<7, 7, 16>,
                                                       Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                                       Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                                       Conv2D<1, 3, Same, Sigmoid>>>;

template <class Autoencoder, class Digits>
auto learn_codes(const Options& options, const std::string& name, const std::string& data, const Digits& train,
                 const Digits& digits) {
  Autoencoder autoencoder{Seed{options.seed}, name};
  const std::string file =
      options.path(text(name, "_", train.dimension(0), "_digits_", data, "_", options.epochs, "_epochs_of_",
                        options.batch_size, "_seed_", options.seed, ".safetensors"));
  if (load_if_saved(file, autoencoder.parameters())) {
    std::cout << name << " auto-encoder: " << file << std::endl;
  } else {
    std::cout << name << " auto-encoder: learns from " << train.dimension(0) << " digits, once" << std::endl;
    GoingOn going_on(options, name + "_", false);
    const History history = compile(autoencoder, Adam{}, BinaryCrossentropy{})
                                .fit(train, train,
                                     {.epochs = options.epochs,
                                      .batch_size = options.batch_size,
                                      .callbacks = {&going_on},
                                      .seed = Seed{options.seed},
                                      .threads = options.threads});
    save_weights(file, autoencoder);
    if (history.epochs() > 0) print_figure(name + "_loss", history["loss"].back());
  }
  return autoencoder.template part<0>().predict(digits, options.threads);
}

}  // namespace

Tensor<2> dense_codes(const Options& options, const Tensor<4>& train, const Tensor<4>& images) {
  return learn_codes<DenseAutoencoder>(options, "dense", datasets::fingerprint(train), datasets::as_rows(train),
                                       datasets::as_rows(images));
}

Tensor<2> convolutional_codes(const Options& options, const Tensor<4>& train, const Tensor<4>& images) {
  const std::string data = datasets::fingerprint(train);
  return datasets::as_rows(learn_codes<ConvolutionalAutoencoder>(options, "convolutional", data, train, images));
}

}  // namespace latent
