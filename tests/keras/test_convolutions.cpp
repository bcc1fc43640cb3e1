#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("Conv2D with groups as in Keras") {
  const keras::Group group("layers/conv2d_groups");
#include "keras/cases_conv2d_groups.inc"
}

TEST_CASE("DepthwiseConv2D as in Keras") {
  const keras::Group group("layers/depthwise_conv2d");
#include "keras/cases_depthwise_conv2d.inc"
}

TEST_CASE("SeparableConv2D as in Keras") {
  const keras::Group group("layers/separable_conv2d");
#include "keras/cases_separable_conv2d.inc"
}
