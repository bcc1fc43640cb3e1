// sentence: a_layer_that_fits_the_one_before_it
// names: Receives<Shape<3>>, Expects<as_many_values_as_the_Dense_of_that_name_has_units>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, Dense<3>, DenseTranspose<"h">> model; }
