// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<TensorOf<2, float>>, Expects<TensorOf<4, float>>, is_a_Flatten_missing_before_a_Dense>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<28, 28, 1>, Conv2D<8, 3>, Flatten, Dense<10>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<2> rows(8, 784), targets(8, 10);
  trainer.fit(rows, targets, {.epochs = 2});
}
