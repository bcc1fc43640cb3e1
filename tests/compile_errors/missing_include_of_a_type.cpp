// sentence: ModelCheckpoint
// message: incomplete type
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const Sequential<Input<4>, Dense<4>> model;
  ModelCheckpoint best(model, "best.safetensors");
}
