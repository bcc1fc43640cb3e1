// sentence: latent: an option is written without parentheses: Strides<2>, not Strides<2>()
// message: Strides<2
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<32, 3, Strides<2>(), ReLU>> model; }
