// sentence: latent: a tensor is not of the rank or the scalar type the model takes
// message: is a Flatten missing before a Dense?
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<28, 28, 1>, Conv2D<8, 3, ReLU>, Dense<10, Softmax>> model;
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{});
  const Tensor<4> images(8, 28, 28, 1);
  const Tensor<1> labels(8);
  trainer.fit(images, labels, {.epochs = 2});
}
