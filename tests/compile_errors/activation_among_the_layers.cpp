// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<2>, Sigmoid, Receives<Shape<8>>, Expects<a_layer_such_as_Dense_or_Activation>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8>, Sigmoid, Dense<10>> model; }
