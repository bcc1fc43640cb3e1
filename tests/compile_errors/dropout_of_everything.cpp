// sentence: latent: Dropout's rate is within 0..1, 1 excluded
// message: Dropout<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8>, Dropout<1>> model; }
