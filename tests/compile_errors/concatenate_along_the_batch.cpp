// sentence: Concatenate's axis 0 is that of the batch
// message: Concatenate<
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Named<"a", Dense<8>>, Dense<8>, Concatenate<"a", Axis{0}>> model; }
