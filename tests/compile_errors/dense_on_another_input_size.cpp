// sentence: latent: on another input size these layers would have other parameters
// message: Input<32, 32, 1>
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const Sequential<Input<28, 28, 1>, Conv2D<8, 3>, Flatten, Dense<10>> model;
  const auto larger = model.on<Input<32, 32, 1>>();
}
