// sentence: write_trainer_fit_of_what_compile_gives
// message: model.fit
// clang says: then trainer.fit(x, y, {.epochs = 5})
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  const Tensor<2> x(3, 4);
  model.fit(x, x, {.epochs = 5});
}
