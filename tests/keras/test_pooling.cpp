#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("MaxPooling2D as in Keras") {
  const keras::Group group("layers/max_pooling2d");
#include "keras/cases_max_pooling2d.inc"
}

TEST_CASE("AveragePooling2D as in Keras") {
  const keras::Group group("layers/average_pooling2d");
#include "keras/cases_average_pooling2d.inc"
}

TEST_CASE("GlobalAveragePooling2D as in Keras") {
  const keras::Group group("layers/global_average_pooling2d");
#include "keras/cases_global_average_pooling2d.inc"
}

TEST_CASE("GlobalMaxPooling2D as in Keras") {
  const keras::Group group("layers/global_max_pooling2d");
#include "keras/cases_global_max_pooling2d.inc"
}
