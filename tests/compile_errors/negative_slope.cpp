// sentence: latent: LeakyReLU's slope is at least 0
// names: LeakyReLU<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8, LeakyReLU<-0.1>>> model; }
