// sentence: write_compile_model_optimizer_loss_metrics
// message: model.compile
// clang says: latent: write auto trainer = compile(model, Adam{}, MeanSquaredError{}, Accuracy{})
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  model.compile(Adam{}, MeanSquaredError{});
}
