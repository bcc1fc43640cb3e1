// sentence: latent: sizes and options stand in angle brackets: Dense<32>, Strides<2>; not Dense(32), Strides(2)
// message: Conv2D<32, 3, Strides(2)
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<32, 3, Strides(2), ReLU>> model; }
