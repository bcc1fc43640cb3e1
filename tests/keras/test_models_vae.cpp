// The variational auto-encoder of Keras's example.
#include "keras/vae_case.hpp"

using namespace latent;

namespace {

using Encoder = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, Strides<2>, ReLU>, Conv2D<64, 3, Same, Strides<2>, ReLU>,
                           Flatten, Named<"dense", Dense<16, ReLU>>, Named<"z_mean", Dense<2>>, From<"dense">,
                           Named<"z_log_var", Dense<2>>>;
using Decoder = Sequential<Input<2>, Named<"dense_1", Dense<7 * 7 * 64, ReLU>>, Reshape<7, 7, 64>,
                           Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                           Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>, Conv2DTranspose<1, 3, Same, Sigmoid>>;

}  // namespace

TEST_CASE("the variational auto-encoder trains as in Keras, with the same epsilon") {
  keras::run_vae<Encoder, 2, Decoder>("vae", Adam{});
}

TEST_CASE("its summaries, with two heads and without") { keras::check_vae_summaries<Encoder, 2, Decoder>("vae"); }
