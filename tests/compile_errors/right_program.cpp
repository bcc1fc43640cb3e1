// compiles
#include <latent/latent.hpp>

using namespace latent;

using Encoder = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2>, Conv2D<64, 3, Same, ReLU>,
                           MaxPooling2D<2>>;
using Decoder = Sequential<Input<7, 7, 64>, Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>, UpSampling2D<2>,
                           Conv2D<1, 3, Same, Sigmoid>>;

int main() {
  Sequential<Encoder, Decoder> autoencoder{Seed{42}};
  auto trainer = compile(autoencoder, Adam{.learning_rate = 1e-3}, BinaryCrossentropy{});
  const Tensor<4> images(8, 28, 28, 1);
  trainer.fit(images, images, {.epochs = 2, .validation_data = {images, images}});
  const Tensor<4> pages(1, 32, 48, 1), restored = autoencoder.on<Input<32, 48, 1>>().predict(pages);
}
