// sentence: latent: Conv2D needs at least 1 filter
// message: Conv2D<0, {3, 3}>
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Conv2D<0, 3>> model; }
