// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<TensorOf<1, float>>, Expects<TensorOf<3, float>>, is_a_Flatten_missing_before_a_Dense>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<28, 28, 1>, Conv2D<8, 3, ReLU>, Dense<10, Softmax>> model;
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{});
  const Tensor<4> images(8, 28, 28, 1);
  const Tensor<1> labels(8);
  trainer.fit(images, labels, {.epochs = 2});
}
