// sentence: a_layer_that_fits_the_values_it_reads
// names: Receives<Shape<3>, Shape<4>>, Expects<values_of_shapes_that_can_be_joined>, Reading<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8>, Named<"h", Dense<4>>, Dense<3>, Add<"h">, Dense<2>> model; }
