// sentence: latent: a name is read that no layer before has
// names: NoSuchName<LayerNumber<2>, From<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, From<"x">, Named<"y", Dense<2>>> model; }
