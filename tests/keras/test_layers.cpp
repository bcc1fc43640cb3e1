#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("MaxPooling2D as in Keras") {
  keras::Group group("layers/max_pooling2d");
#include "keras/cases_max_pooling2d.inc"
  group.check_coverage({});
}

TEST_CASE("UpSampling2D as in Keras") {
  keras::Group group("layers/up_sampling2d");
#include "keras/cases_up_sampling2d.inc"
  group.check_coverage({"2x1x3x1_up2x2_bilinear", "2x7x2x3_up2x2_bilinear", "2x3x4x16_up3x3_bilinear",
                        "2x5x5x1_up3x3_bilinear", "2x1x3x3_up2x3_bilinear", "2x7x2x16_up2x3_bilinear"});
}

TEST_CASE("Dense as in Keras") {
  keras::Group group("layers/dense");
#include "keras/cases_dense.inc"
  group.check_coverage({});
}

TEST_CASE("activations as in Keras") {
  keras::Group group("layers/activations");
#include "keras/cases_activations.inc"
  group.check_coverage({"leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign", "exponential", "hard_sigmoid",
                        "gelu_approximate", "leaky_relu_slope_0.25", "elu_alpha_0.5", "relu_max_6", "LeakyReLU_layer"});
}
