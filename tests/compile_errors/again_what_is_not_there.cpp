// sentence: latent: a name is read that no layer before has
// names: NoSuchName<LayerNumber<2>, Again<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Dense<8>, Again<"dense">> model; }
