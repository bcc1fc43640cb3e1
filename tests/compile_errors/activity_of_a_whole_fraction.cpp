// sentence: In C++ 1 / 100 is 0, too: write 0.01
// message: ActivityRegularization<
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense<8>, ActivityRegularization<1 / 100>> model; }
