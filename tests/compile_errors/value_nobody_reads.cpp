// sentence: latent: nobody reads the value of a layer
// names: NobodyReads<LayerNumber<2>, Dense<3>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, Dense<3>, From<"h">, Dense<2>> model; }
