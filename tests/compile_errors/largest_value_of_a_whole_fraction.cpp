// sentence: In C++ 1 / 2 is 0, too: write 0.5
// message: MaxValue<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8>, ReLUWith<MaxValue<1 / 2>>> model; }
