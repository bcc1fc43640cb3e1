#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("activations as in Keras") {
  const keras::Group group("layers/activations");
#include "keras/cases_activations.inc"
}

TEST_CASE("more activations as in Keras") {
  const keras::Group group("layers/more_activations");
#include "keras/cases_more_activations.inc"
}
