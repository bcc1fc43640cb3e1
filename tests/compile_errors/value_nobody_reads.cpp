// sentence: a_layer_whose_value_is_read_or_has_a_name
// names: NobodyReads<LayerNumber<2>, Dense<3>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, Dense<3>, From<"h">, Dense<2>> model; }
