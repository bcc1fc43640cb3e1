// sentence: latent: part<i>(): the list of the model has no item i; the first is item 0
// message: ::part
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const Sequential<Sequential<Input<4>, Dense<2>>, Sequential<Input<2>, Dense<4>>> model;
  const auto decoder = model.part<2>();
}
