#include "keras/model_case.hpp"

using namespace latent;

// 7 x 7 pixels become 4 x 4 with Same; on the way back a convolution without padding makes 14 of 16.
template <Index middle>
using Autoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>, Conv2D<middle, 3, Same, ReLU>,
               MaxPooling2D<2, Same>, Conv2D<middle, 3, Same, ReLU>, MaxPooling2D<2, Same>,
               Conv2D<middle, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<middle, 3, Same, ReLU>, UpSampling2D<2>,
               Conv2D<16, 3, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;

TEST_CASE("the auto-encoder of the Keras blog trains as in Keras") {
  keras::run_model<Autoencoder<8>>("blog_conv", Adadelta{.learning_rate = 1.0}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Autoencoder<8>>("blog_conv", "functional", true);
}

TEST_CASE("the auto-encoder of 11,905 parameters trains as in Keras") {
  keras::run_model<Autoencoder<16>>("conv_ae_4x4", Adagrad{.learning_rate = 0.01}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Autoencoder<16>>("conv_ae_4x4", "sequential", false);
}
