// sentence: latent: compile(model, optimizer, loss, metrics...): the second argument is an optimiser
// message: MeanSquaredError, Adam>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, MeanSquaredError{}, Adam{});
}
