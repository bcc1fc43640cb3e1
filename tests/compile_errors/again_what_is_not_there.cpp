// sentence: a_layer_before_that_has_the_name
// names: NoSuchName<LayerNumber<2>, Again<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Dense<8>, Again<"dense">> model; }
