#include "keras/model_case.hpp"

using namespace latent;

using Autoencoder = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, Strides<2>, ReLU>,
                               Conv2D<64, 3, Same, Strides<2>, ReLU>, Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                               Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;

TEST_CASE("the denoising auto-encoder of strides and transposed convolutions trains as in Keras") {
  keras::run_model<Autoencoder>("dae_transpose", Adam{}, BinaryCrossentropy{}, {"noisy"});
  keras::check_summary<Autoencoder>("dae_transpose", "sequential", false);
}
