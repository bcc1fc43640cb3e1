// sentence: latent: UpSampling2D's options are Nearest, Bilinear
// message: UpSampling2D<{2, 2}, Strides<2
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, UpSampling2D<2, Strides<2>>> model; }
