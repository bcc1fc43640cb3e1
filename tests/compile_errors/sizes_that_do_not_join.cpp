// sentence: a_layer_that_fits_the_values_it_reads
// names: Receives<Shape<4, 4, 4>, Shape<8, 8, 4>>, Expects<values_of_shapes_that_can_be_joined>, Reading<
#include <latent/latent.hpp>

using namespace latent;

using UNet = Sequential<Input<8, 8, 1>, Named<"fine", Conv2D<4, 3, Same>>, MaxPooling2D<2>, Concatenate<"fine">, Conv2D<1, 3, Same>>;

int main() {
  UNet model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<4> images(8, 8, 8, 1);
  trainer.fit(images, images);
}
