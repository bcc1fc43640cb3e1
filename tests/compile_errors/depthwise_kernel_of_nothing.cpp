// sentence: latent: a depthwise convolution's kernel_size is at least 1
// message: DepthwiseConv2D<{3, 0}
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, DepthwiseConv2D<Size{3, 0}>> model; }
