#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

TEST_CASE("activations as in Keras") {
  const keras::Group group("layers/activations");
#include "keras/cases_activations.inc"
}
