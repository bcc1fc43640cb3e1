// sentence: latent: Conv2D's options are Same, Valid
// message: Conv2D<8, {3, 3}, Causal>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<8, 3, Causal>> model; }
