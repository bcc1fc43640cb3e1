// sentence: layers_are_listed_in_the_type_of_the_model
// message: model.add
// clang says: latent: layers are listed in the type of the model
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<4>> model;
  model.add(Flatten{});
}
