// sentence: Axes<...> names at least one axis: Axes<-1>
// message: LayerNormalization<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, LayerNormalization<Axes<>>> model; }
