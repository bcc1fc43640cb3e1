// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<2>, Conv2D<8, {3, 3}>, Receives<Shape<2, 2, 1>>, Expects<an_input_at_least_as_large_as_its_window>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, MaxPooling2D<14>, Conv2D<8, 3>> model; }
