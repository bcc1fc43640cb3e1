// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<2>, LayerNormalization<Axes<1, 2, 3>>, Receives<Shape<10>>, Expects<an_input_with_these_axes>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<10, GELU>, LayerNormalization<Axes<1, 2, 3>>> model; }
