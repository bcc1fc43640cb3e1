// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<1>, Conv1D<8, 3>, Receives<Shape<28, 28, 1>>, Expects<a_sequence_of_steps_channels>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv1D<8, 3>> model; }
