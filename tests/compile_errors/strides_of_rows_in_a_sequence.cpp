// sentence: Strides<2>, not Strides<2, 1>
// message: Conv1DTranspose
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<8, 3>, Conv1DTranspose<4, 3, Same, Strides<2, 1>>> model; }
