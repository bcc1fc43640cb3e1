// sentence: latent: write Dense<32> or Dense<32, ReLU>: sizes and options stand in angle brackets, not in parentheses
// message: Dense(10u)
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { Sequential<Input<28>, Dense(10u)> model; }
