// sentence: latent: Conv2D's options are Same, Valid, Strides<...>, Dilation<...>, Groups<...>, an activation, NoBias, KernelInitializer<...>, BiasInitializer<...>, regularizers, Kernel<...>
// message: Conv2D<8, {3, 3}, int>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<8, 3, int>> model; }
