// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<1>, MaxPooling2D<{6, 6}>, Receives<Shape<5, 28, 1>>, Expects<an_input_at_least_as_large_as_its_window>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<5, 28, 1>, MaxPooling2D<6>> model; }
