// sentence: latent: compile(model, optimizer, loss, metrics...): after the optimiser come a loss
// message: MyLoss
#include <latent/latent.hpp>

using namespace latent;

int main() {
  struct MyLoss {};
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MyLoss{});
}
