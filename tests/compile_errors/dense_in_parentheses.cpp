// sentence: latent: sizes and options stand in angle brackets: Dense<32>, Strides<2>; not Dense(32), Strides(2)
// message: Dense(10u)
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense(10u)> model; }
