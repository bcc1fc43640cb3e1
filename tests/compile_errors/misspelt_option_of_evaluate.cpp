// sentence: x_and_y_are_tensors_and_options_are_in_the_order_of_EvaluateOptions
// message: .batchsize = 4
// clang says: latent: evaluate takes tensors x and y
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<2> x(3, 4);
  trainer.evaluate(x, x, {.batchsize = 4});
}
