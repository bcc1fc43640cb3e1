// sentence: latent: a tensor is not of the rank or the scalar type the model takes
// message: Eigen::Tensor<float, 4, 1
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<28, 28, 1>, Conv2D<8, 3>, Flatten, Dense<10>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<2> rows(8, 784), targets(8, 10);
  trainer.fit(rows, targets, {.epochs = 2});
}
