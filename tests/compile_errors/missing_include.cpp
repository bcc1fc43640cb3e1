// sentence: load_mnist
// message: #include <latent/datasets.hpp>
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { const auto [train, test] = datasets::load_mnist("data/mnist"); }
