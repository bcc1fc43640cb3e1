// sentence: 'lr'
// message: Adam
#include <latent/latent.hpp>

using namespace latent;

int main() { Adam adam{.lr = 1e-3}; }
