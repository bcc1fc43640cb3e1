// sentence: latent: a model starts with Input<height, width, channels> or Input<features>, and layers follow
// message: List<>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<> model; }
