// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<1>, Conv2D<8, {3, 3}, Groups<2>>, Receives<Shape<28, 28, 3>>, Expects<channels_that_make_this_many_equal_groups<2>>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 3>, Conv2D<8, 3, Groups<2>>> model; }
