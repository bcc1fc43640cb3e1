// sentence: Precision, Recall, AUC and F1Score need CategoricalCrossentropy and targets of 0 and 1
// message: Precision
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<3, Softmax>> model;
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{}, Precision{});
}
