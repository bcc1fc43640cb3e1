// sentence: latent: Conv2D got two options of one kind
// message: Conv2D<8, {3, 3}, ReLU, Same, Sigmoid>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<8, 3, ReLU, Same, Sigmoid>> model; }
