// sentence: no matching
// message: .bacth_size = 4
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  Tensor<2> x(3, 4);
  compile(model, Adam{}, MeanSquaredError{}).fit(x, x, {.epochs = 3, .bacth_size = 4});
}
