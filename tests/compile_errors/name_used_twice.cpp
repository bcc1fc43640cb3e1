// sentence: a_name_of_its_own_for_each_layer
// names: NameUsedTwice<LayerNumber<2>, Named<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, Named<"h", Dense<2>>> model; }
