// sentence: latent: a head is for an output that the model does not have
// message: HeadOfNoOutput<Head<
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<8>, Named<"h", Dense<4>>, Named<"a", Dense<2>>, From<"h">, Named<"b", Dense<3>>> model;
  auto trainer = compile(model, Adam{}, head<"a">(MeanSquaredError{}), head<"h">(MeanSquaredError{}));
}
