// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<TensorOf<5, float>>, Expects<TensorOf<2, float>>, is_a_Flatten_missing_before_a_Dense>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<2> x(3, 4);
  const Tensor<5> images(3, 2, 2, 1, 1);
  trainer.fit(x, x, {.validation_data = {images, images}});
}
