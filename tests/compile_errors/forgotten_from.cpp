// sentence: a_From_before_it_of_the_value_that_both_read
// names: ReadsTheOther<LayerNumber<3>, Named<FixedString<10>{"z_log_var"}, Dense<2>>, Name<'z', '_', 'm', 'e', 'a', 'n'>>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<8>, Named<"h", Dense<4>>, Named<"z_mean", Dense<2>>, Named<"z_log_var", Dense<2>>, Sampling<>> vae;
}
