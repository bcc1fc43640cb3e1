// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<2>, Cropping2D<{2, 2, 7, 7}>, Receives<Shape<14, 14, 1>>, Expects<an_image_larger_than_what_is_cropped>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, MaxPooling2D<2>, Cropping2D<Size{2, 7}>> model; }
