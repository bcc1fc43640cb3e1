#include "keras/model_case.hpp"

using namespace latent;

using Encoder = Sequential<Named<"input", Input<28, 28, 1>>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                           Conv2D<64, 3, Same, ReLU>, Named<"encoded", MaxPooling2D<2, Same>>>;
using Decoder = Sequential<Input<7, 7, 64>, Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<32, 3, Same, ReLU>,
                           UpSampling2D<2>, Named<"decoded", Conv2D<1, 3, Same, Sigmoid>>>;
using Autoencoder = Sequential<Encoder, Decoder>;

TEST_CASE("the denoising auto-encoder of 74,497 parameters trains as in Keras") {
  keras::run_model<Autoencoder>("dae74k", Adam{}, BinaryCrossentropy{}, {"noisy"});
  keras::run_model<Autoencoder>("dae74k_mse", Adam{}, MeanSquaredError{}, {"noisy"});
  keras::check_summary<Autoencoder>("dae74k", "autoencoder", true);
  keras::check_summary<Autoencoder>("dae74k_mse", "autoencoder", true);
}
