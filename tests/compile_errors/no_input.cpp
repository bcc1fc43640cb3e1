// sentence: latent: a model starts with Input<height, width, channels> or Input<features>, and layers follow
// message: List<Conv2D<8, {3, 3}>, MaxPooling2D<{2, 2}>>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Conv2D<8, 3>, MaxPooling2D<2>> model; }
