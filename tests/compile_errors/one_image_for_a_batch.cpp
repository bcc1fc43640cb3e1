// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<TensorOf<3, float>>, Expects<TensorOf<4, float>>, a_single_sample_is_a_batch_of_one>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Input<8, 8, 1>, Conv2D<1, 3, Same>> model;
  const Tensor<3> x(8, 8, 1);
  const auto y = model.predict(x);
}
