// sentence: In C++ 1 / 255 is 0; write 1 / 255.0
// message: Rescaling<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28, 28, 1>, Rescaling<1 / 255>, Flatten> model; }
