// sentence: latent: write EarlyStopping early{{.patience = 3}}: options stand in two pairs of braces
// message: patience_in_parentheses
#include <latent/latent.hpp>

using namespace latent;

int main() { EarlyStopping early(5); }
