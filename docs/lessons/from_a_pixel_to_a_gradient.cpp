/// One training step of a network that one can compute by hand, with every number it makes on its way. Its output stands
/// in from_a_pixel_to_a_gradient.md, and a test sees to it that it does.

#include <cstdio>
#include <latent/layers/conv2d.hpp>
#include <latent/layers/dense.hpp>
#include <latent/layers/reshape.hpp>
#include <latent/losses/binary_crossentropy.hpp>
#include <latent/models/model.hpp>
#include <latent/optimizers/sgd.hpp>
#include <latent/training/trainer.hpp>

using namespace latent;

using Eyes = Model<double, Input<3, 3, 1>, Conv2D<1, 2, ReLU>, Flatten>;
using Network = Model<double, Input<3, 3, 1>, Conv2D<1, 2, ReLU>, Flatten, Dense<1>>;

/// "name  a b c", `width` numbers in a line.
void print(const char* name, const double* values, Index count, Index width) {
  std::printf("%-16s", name);
  for (Index i = 0; i < count; ++i) {
    if (i > 0 && i % width == 0) std::printf("\n%-16s", "");
    std::printf(" %9.5f", values[i] + 0.0);  // not -0
  }
  std::printf("\n");
}

int main() {
  Network network;
  const double start[] = {0.5, -0.5, 1, 0.25, 0.1, 0.4, -0.6, 0.2, 0.8, -0.3};
  std::size_t next = 0;
  for (const auto& tensor : network.parameters())
    for (Index i = 0; i < tensor.size(); ++i) tensor.data[i] = start[next++];

  Tensor<4, double> x(1, 3, 3, 1);
  const double pixels[] = {0, 1, 0.5, 0, 1, 0, 0.5, 1, 0};
  std::copy_n(pixels, 9, x.data());
  Tensor<2, double> target(1, 1);
  target(0, 0) = 1;

  // Forward. The part before the dense layer, with the same parameters, shows what is between.
  Eyes eyes;
  const auto parameters = network.parameters();
  for (std::size_t t = 0; t < 2; ++t) std::copy_n(parameters[t].data, parameters[t].size(), eyes.parameters()[t].data);
  const Tensor<2, double> seen = eyes.predict(x), logit = network.predict(x);
  const BinaryCrossentropy loss{.from_logits = true};
  Tensor<2, double> dlogit(1, 1);
  const double before = loss(logit.data(), target.data(), dlogit.data(), 1, 1, 1.0);
  print("x", x.data(), 9, 3);
  for (const auto& tensor : parameters) print(tensor.name.c_str(), tensor.data, tensor.size(), 2);
  print("after ReLU", seen.data(), 4, 2);
  print("logit", logit.data(), 1, 1);
  print("loss", &before, 1, 1);

  // Backward.
  std::printf("\n");
  print("d logit", dlogit.data(), 1, 1);
  const auto gradients = network.backward(x, dlogit);
  Tensor<2, double> dseen(1, 4);
  for (Index i = 0; i < 4; ++i) dseen(0, i) = dlogit(0, 0) * parameters[2].data[i];
  print("d after ReLU", dseen.data(), 4, 2);
  for (auto t = parameters.size(); t-- > 0;)
    print(("d " + parameters[t].name).c_str(), gradients[parameters[t].name].data(), parameters[t].size(), 2);
  print("d x", gradients.dx.data(), 9, 3);

  // The step.
  std::printf("\n");
  auto trainer = compile(network, SGD{.learning_rate = 0.5}, loss);
  trainer.train_on_batch(x, target);
  for (const auto& tensor : parameters) print(tensor.name.c_str(), tensor.data, tensor.size(), 2);
  const double after = loss(network.predict(x).data(), target.data(), static_cast<double*>(nullptr), 1, 1, 1.0);
  print("loss", &after, 1, 1);
}
