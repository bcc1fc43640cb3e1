// sentence: latent: compile(model, optimizer, loss, metrics...): the second argument is an optimiser, such as Adam{}
// message: NotCompiled<Model<float, Input<4>, Dense<4>>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, "adam", "mse");
}
