// sentence: x_and_y_are_tensors_and_options_are_in_the_order_of_FitOptions
// message: {32, 10}
// clang says: latent: fit takes tensors x and y, or a source, and options
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<2> x(3, 4);
  trainer.fit(x, x, {32, 10});
}
