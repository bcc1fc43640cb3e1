// sentence: a_tensor_that_fits_the_model
// names: DoesNotFit<Received<TensorOf<1, float>>, Expects<TensorOf<2, float>>, class_numbers_need_SparseCategoricalCrossentropy_or_to_categorical_and_numbers_as_rows>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<3, Softmax>> model;
  auto trainer = compile(model, Adam{}, CategoricalCrossentropy{});
  trainer.fit(Tensor<2>(8, 4), Tensor<1>(8));
}
