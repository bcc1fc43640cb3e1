// sentence: x_is_a_batch_of_samples_and_there_are_no_options
// message: .batch_size = 4
// clang says: latent: predict takes a batch
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  const Tensor<2> x(3, 4);
  const auto y = model.predict(x, {.batch_size = 4});
}
