// sentence: latent: a layer is written without parentheses: Flatten, not Flatten()
// message: Flatten
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8, 8, 1>, Flatten(), Dense<3>> model; }
