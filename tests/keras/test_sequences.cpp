#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("Conv1D as in Keras") {
  const keras::Group group("layers/conv1d");
#include "keras/cases_conv1d.inc"
}

TEST_CASE("Conv1DTranspose as in Keras") {
  const keras::Group group("layers/conv1d_transpose");
#include "keras/cases_conv1d_transpose.inc"
}

TEST_CASE("MaxPooling1D as in Keras") {
  const keras::Group group("layers/max_pooling1d");
#include "keras/cases_max_pooling1d.inc"
}

TEST_CASE("AveragePooling1D as in Keras") {
  const keras::Group group("layers/average_pooling1d");
#include "keras/cases_average_pooling1d.inc"
}

TEST_CASE("GlobalAveragePooling1D as in Keras") {
  const keras::Group group("layers/global_average_pooling1d");
#include "keras/cases_global_average_pooling1d.inc"
}

TEST_CASE("GlobalMaxPooling1D as in Keras") {
  const keras::Group group("layers/global_max_pooling1d");
#include "keras/cases_global_max_pooling1d.inc"
}

TEST_CASE("UpSampling1D as in Keras") {
  const keras::Group group("layers/up_sampling1d");
#include "keras/cases_up_sampling1d.inc"
}

TEST_CASE("ZeroPadding1D as in Keras") {
  const keras::Group group("layers/zero_padding1d");
#include "keras/cases_zero_padding1d.inc"
}

TEST_CASE("Cropping1D as in Keras") {
  const keras::Group group("layers/cropping1d");
#include "keras/cases_cropping1d.inc"
}
