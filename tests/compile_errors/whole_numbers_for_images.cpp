// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<TensorOf<4, unsigned char>>, Expects<TensorOf<4, float>>, another_scalar_type_is_converted_by_cast>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<8, 8, 1>, Conv2D<1, 3, Same>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<4, unsigned char> x(3, 8, 8, 1);
  trainer.evaluate(x, x);
}
