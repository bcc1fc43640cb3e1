#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("Conv2DTranspose as in Keras") {
  const keras::Group group("layers/conv2d_transpose");
#include "keras/cases_conv2d_transpose.inc"
}
