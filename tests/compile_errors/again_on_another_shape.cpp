// sentence: a_layer_that_fits_the_one_before_it
// names: Receives<Shape<4>>, Expects<an_input_on_which_its_parameters_have_the_same_shapes>, Called<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, Again<"h">> model; }
