// sentence: a_tensor_that_fits_the_model
// names: DoesNotFit<Received<TensorOf<2, float>>, Expects<TensorOf<1, float>>, one_hot_rows_need_CategoricalCrossentropy>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<4>, Dense<3, Softmax>> model;
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{});
  trainer.fit(Tensor<2>(8, 4), Tensor<2>(8, 3));
}
