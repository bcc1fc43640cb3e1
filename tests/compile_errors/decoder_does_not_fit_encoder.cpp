// sentence: a_layer_that_fits_the_one_before_it
// names: LayerDoesNotFit<LayerNumber<3>, Input<7, 7, 32>, Receives<Shape<7, 7, 64>>, Expects<Shape<7, 7, 32>>>
#include <latent/latent.hpp>

using namespace latent;

using Encoder = Sequential<Input<28, 28, 1>, Conv2D<64, 3, Same, ReLU>, MaxPooling2D<4>>;
using Decoder = Sequential<Input<7, 7, 32>, UpSampling2D<4>, Conv2D<1, 3, Same, Sigmoid>>;

int main() {
  Sequential<Encoder, Decoder> autoencoder{Seed{42}};
  auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
  const Tensor<4> images(8, 28, 28, 1);
  trainer.fit(images, images);
}
