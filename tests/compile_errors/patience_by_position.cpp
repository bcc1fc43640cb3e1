// sentence: EarlyStopping
// message: the_options_stand_in_two_braces_in_the_order_of_EarlyStoppingOptions
#include <latent/latent.hpp>

using namespace latent;

int main() { EarlyStopping early("val_loss", 0.01, 3); }
