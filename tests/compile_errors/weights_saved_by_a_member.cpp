// sentence: write_save_weights_path_model
// message: model.save_weights
// clang says: latent: write save_weights("weights.safetensors", model)
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  model.save_weights("weights.h5");
}
