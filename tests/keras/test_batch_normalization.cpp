#include "keras/layer_case.hpp"
#include "keras/model_case.hpp"

using namespace latent;
using keras::run_layer;

namespace {
using Autoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<4, 3, Same, NoBias>, BatchNormalization<>, Activation<ReLU>,
               MaxPooling2D<2, Same>, Conv2D<6, 3, Same, ReLU>, BatchNormalization<Momentum<0.75>, Epsilon<0.015625>>,
               UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
}  // namespace

TEST_CASE("BatchNormalization as in Keras, in training and at inference") {
  const keras::Group group("layers/batch_normalization");
#include "keras/cases_batch_normalization.inc"
}

TEST_CASE("an auto-encoder with BatchNormalization trains as in Keras") {
  keras::run_model<Autoencoder>("batch_normalization", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Autoencoder>("batch_normalization", "sequential", false);
}
