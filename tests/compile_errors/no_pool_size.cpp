// sentence: latent: a pooling layer's pool_size is at least 1
// message: AveragePooling2D<{0, 0}
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, AveragePooling2D<0>> model; }
