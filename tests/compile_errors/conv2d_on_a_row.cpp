// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<3>, Conv2D<8, {3, 3}>, Receives<Shape<10>>, Expects<an_image_of_height_width_channels>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Flatten, Dense<10>, Conv2D<8, 3>, Conv2D<8, 3>> model; }
