// sentence: ReduceLROnPlateau
// message: the_options_stand_in_two_braces_in_the_order_of_ReduceLROnPlateauOptions
#include <latent/latent.hpp>

using namespace latent;

int main() { ReduceLROnPlateau reduce{{.facter = 0.5}}; }
