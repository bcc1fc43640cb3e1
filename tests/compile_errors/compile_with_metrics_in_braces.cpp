// sentence: write_compile_model_optimizer_loss_metrics
// message: {Accuracy{}}
// clang says: latent: write compile(model, Adam{}, MeanSquaredError{}, Accuracy{})
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{}, {Accuracy{}});
}
