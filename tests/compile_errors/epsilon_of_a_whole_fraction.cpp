// sentence: LayerNormalization's epsilon is more than 0
// message: LayerNormalization<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, LayerNormalization<Epsilon<1 / 1000>>> model; }
