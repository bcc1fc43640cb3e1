// sentence: latent_evaluation_hpp
// message: psnr
// clang says: latent: psnr is in another header: #include <latent/evaluation.hpp>
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const Tensor<2> x(3, 4);
  const auto decibels = evaluation::psnr(x, x);
}
