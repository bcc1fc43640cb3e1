// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<std::vector<int>>, Expects<TensorOf<1, float>>, labels_are_converted_by_as_tensor_or_to_categorical>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<10, Softmax>> model;
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{});
  const Tensor<2> x(3, 4);
  const std::vector<int> labels{1, 2, 3};
  trainer.fit(x, labels);
}
