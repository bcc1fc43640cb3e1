// sentence: In C++ 1 / 2 is 0, too: write 0.5
// message: Constant<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8, BiasInitializer<Constant<1 / 10>>>> model; }
