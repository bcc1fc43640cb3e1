// sentence: a_layer_before_that_has_the_name
// names: NoSuchName<LayerNumber<2>, From<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, From<"x">, Named<"y", Dense<2>>> model; }
