// sentence: latent: a model starts with Input<height, width, channels> or Input<features>, and layers follow
// message: List<Input<10>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<10>> model; }
