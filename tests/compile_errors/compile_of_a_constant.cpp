// sentence: latent: compile(model, optimizer, loss, metrics...): the first argument is a model, which the trainer changes: a variable, not const
// message: NotCompiled<const Model<
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
}
