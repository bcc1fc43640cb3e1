#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("UpSampling2D as in Keras") {
  const keras::Group group("layers/up_sampling2d");
#include "keras/cases_up_sampling2d.inc"
}

TEST_CASE("ZeroPadding2D as in Keras") {
  const keras::Group group("layers/zero_padding2d");
#include "keras/cases_zero_padding2d.inc"
}

TEST_CASE("Cropping2D as in Keras") {
  const keras::Group group("layers/cropping2d");
#include "keras/cases_cropping2d.inc"
}

TEST_CASE("LayerNormalization as in Keras") {
  const keras::Group group("layers/layer_normalization");
#include "keras/cases_layer_normalization.inc"
}

TEST_CASE("Dense as in Keras") {
  const keras::Group group("layers/dense");
#include "keras/cases_dense.inc"
}

TEST_CASE("GroupNormalization as in Keras") {
  const keras::Group group("layers/group_normalization");
#include "keras/cases_group_normalization.inc"
}

TEST_CASE("PReLU as in Keras") {
  const keras::Group group("layers/p_re_lu");
#include "keras/cases_p_re_lu.inc"
}

TEST_CASE("ReLU with a largest value, a slope and a threshold as in Keras") {
  const keras::Group group("layers/re_lu");
#include "keras/cases_re_lu.inc"
}

TEST_CASE("Permute as in Keras") {
  const keras::Group group("layers/permute");
#include "keras/cases_permute.inc"
}

TEST_CASE("Rescaling as in Keras") {
  const keras::Group group("layers/rescaling");
#include "keras/cases_rescaling.inc"
}
