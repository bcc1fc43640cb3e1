// sentence: a_head_for_each_output_that_has_a_loss
// names: HeadOfNoOutput<Name<'h'>, TheOutputsAre<Name<'a'>, Name<'b'>>>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<8>, Named<"h", Dense<4>>, Named<"a", Dense<2>>, From<"h">, Named<"b", Dense<3>>> model;
  auto trainer = compile(model, Adam{}, head<"a">(MeanSquaredError{}), head<"h">(MeanSquaredError{}));
}
