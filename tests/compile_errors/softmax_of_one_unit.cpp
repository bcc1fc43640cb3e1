// sentence: a Softmax or a CategoricalCrossentropy of one value is always the same
// message: Dense<1, Sigmoid>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<1, Softmax>> model;
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
}
