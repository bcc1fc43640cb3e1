// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<4>, Conv2D<1, {3, 3}, Same>, Receives<Shape<16>>, Expects<an_image_of_height_width_channels>, Called<'i', 'm', 'a', 'g', 'e'>>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<28, 28, 1>, Flatten, Named<"h", Dense<16, ReLU>>, Named<"digit", Dense<10>>, From<"h">,
             Named<"image", Conv2D<1, 3, Same>>>
      model;
}
