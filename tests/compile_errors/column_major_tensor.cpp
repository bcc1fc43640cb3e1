// sentence: no type named 'a_tensor_that_fits_the_model'
// names: Expects<TensorOf<2, float>>, a_tensor_is_row_major>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Eigen::Tensor<float, 2> x(3, 4);
  trainer.train_on_batch(x, x);
}
