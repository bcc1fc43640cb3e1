// sentence: latent: a pooling layer's strides are at least 1
// message: MaxPooling2D<{2, 2}, Strides<0
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, MaxPooling2D<2, Strides<0>>> model; }
