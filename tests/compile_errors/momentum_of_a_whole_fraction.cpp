// sentence: In C++ 1 / 2 is 0, too: write 0.5
// message: BatchNormalization<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, BatchNormalization<Momentum<9 / 10>>> model; }
