// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<2>, Reshape<7, 7, 2>, Receives<Shape<64>>, Expects<an_input_with_this_many_values<98>>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<10>, Dense<64>, Reshape<7, 7, 2>> model; }
