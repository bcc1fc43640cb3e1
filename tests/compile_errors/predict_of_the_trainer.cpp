// sentence: write_model_predict
// message: trainer.predict
// clang says: latent: write model.predict(x)
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  const Tensor<2> x(3, 4);
  const auto y = trainer.predict(x);
}
