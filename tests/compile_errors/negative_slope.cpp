// sentence: latent: LeakyReLU's slope is at least 0
// message: LeakyReLU<
// clang adds: latent: Dense's options are
// (With Clang no concept holds for a class whose assertion fails, so that the layer does not know it for an activation.)
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8, LeakyReLU<-0.1>>> model; }
