// sentence: no type named 'a_tensor_that_fits_the_model'
// names: DoesNotFit<Received<TensorOf<2, float>>, Expects<Tensors<TensorOf<2, float>, TensorOf<2, float>>>, several_tensors_stand_in_braces>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  Sequential<Named<"a", Input<4>>, Named<"b", Input<4>>, Add<"a">, Dense<2>> model;
  const Tensor<2> x(3, 4);
  const auto y = model.predict(x);
}
