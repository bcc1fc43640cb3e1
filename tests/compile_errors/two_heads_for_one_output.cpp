// sentence: one_head_for_each_output
// names: TwoHeadsForOneOutput<Name<'b'>>
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<8>, Named<"h", Dense<4>>, Named<"a", Dense<2>>, From<"h">, Named<"b", Dense<3>>> model;
  auto trainer = compile(model, Adam{}, head<"b">(MeanSquaredError{}), head<"b">(MeanAbsoluteError{}));
}
