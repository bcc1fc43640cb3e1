// sentence: latent: Dense's options are an activation, NoBias, KernelInitializer<...>, BiasInitializer<...>, regularizers
// message: Dense<8, Same>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8, Same>> model; }
