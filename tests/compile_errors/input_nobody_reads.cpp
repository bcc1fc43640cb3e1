// sentence: a_layer_whose_value_is_read_or_has_a_name
// names: NobodyReads<LayerNumber<1>, Named<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Named<"a", Input<8>>, Named<"b", Input<8>>, From<"a">, Dense<2>> model; }
