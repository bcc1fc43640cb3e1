// sentence: write_model_predict_x
// message: model(x)
// clang says: latent: write model.predict(x)
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  const Tensor<2> x(3, 4);
  const auto y = model(x);
}
