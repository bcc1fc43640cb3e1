// sentence: latent: part<i>() is for a model among the items of a model
// message: ::part
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const Sequential<Input<4>, Dense<2>, Dense<3>> model;
  const auto decoder = model.part<1>();
}
