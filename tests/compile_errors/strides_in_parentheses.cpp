// sentence: latent: write Strides<2> or Strides<2, 1>: sizes and options stand in angle brackets, not in parentheses
// message: Conv2D<32, 3, Strides(2u)
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<32, 3, Strides(2u), ReLU>> model; }
