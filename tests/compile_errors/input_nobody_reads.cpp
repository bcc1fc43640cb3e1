// sentence: latent: nobody reads the value of a layer
// names: NobodyReads<LayerNumber<1>, Named<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Named<"a", Input<8>>, Named<"b", Input<8>>, From<"a">, Dense<2>> model; }
