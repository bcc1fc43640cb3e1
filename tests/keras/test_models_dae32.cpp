#include "keras/model_case.hpp"

using namespace latent;

using Autoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>, Conv2D<32, 3, Same, ReLU>,
               MaxPooling2D<2, Same>, Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<32, 3, Same, ReLU>,
               UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;

TEST_CASE("the denoising auto-encoder of 28,353 parameters trains as in Keras") {
  keras::run_model<Autoencoder>("dae32", Adam{}, BinaryCrossentropy{}, {"noisy"});
  keras::check_summary<Autoencoder>("dae32", "functional", true);
}
