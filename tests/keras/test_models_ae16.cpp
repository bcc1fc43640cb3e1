#include <latent/datasets/idx.hpp>

#include "keras/model_case.hpp"

using namespace latent;

template <class Last>
using Autoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>, Conv2D<16, 3, Same, ReLU>,
               MaxPooling2D<2, Same>, Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
               Conv2D<1, 3, Same, Last>>;

TEST_CASE("the auto-encoder of 7,265 parameters trains as in Keras") {
  keras::run_model<Autoencoder<Sigmoid>>("vanilla_ae16", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Autoencoder<Sigmoid>>("vanilla_ae16", "sequential", false);
}

TEST_CASE("the same with a ReLU at the end, whose probabilities are clipped") {
  keras::run_model<Autoencoder<ReLU>>("vanilla_ae16_relu", Adam{}, BinaryCrossentropy{}, {"clean"},
                                      {.relu_loss = true});
  keras::check_summary<Autoencoder<ReLU>>("vanilla_ae16_relu", "sequential", false);
}

TEST_CASE("the sample of MNIST that the project ships starts with the images on which Keras trained") {
  if (!keras::is_whole()) return;
  const auto images = datasets::read_idx_images(LATENT_SOURCE_DIR "/data/mnist_sample/t10k-images-idx3-ubyte.gz");
  keras::compare("clean", keras::training_images("clean"), images.data(), 0);
}
