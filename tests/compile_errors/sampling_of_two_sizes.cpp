// sentence: a_layer_that_fits_the_values_it_reads
// names: Receives<Shape<2>, Shape<3>>, Expects<z_mean_and_z_log_var_of_one_shape>, Reading<'z', '_', 'm', 'e', 'a', 'n'>, Reading<
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Named<"x", Input<8>>, Named<"z_mean", Dense<2>>, From<"x">, Named<"z_log_var", Dense<3>>, Sampling<>>
      model;
}
