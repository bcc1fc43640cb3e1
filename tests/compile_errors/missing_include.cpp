// sentence: latent_datasets_hpp
// message: load_mnist
// clang says: latent: load_mnist is in another header: #include <latent/datasets.hpp>
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() { const auto [train, test] = datasets::load_mnist("data/mnist"); }
