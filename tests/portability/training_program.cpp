// Trains two small networks and prints what came out, for machines and compilers to be compared: scripts/try_everywhere.sh.
// usage: training_program [--weights]      (all weights, one a line, and nothing else)
#include <cstdio>
#include <cstring>
#include <ctime>
#include <latent/latent.hpp>

using namespace latent;

namespace {

using Images = Sequential<Input<14, 14, 1>,
                          Conv2D<16, 3, Same, ReLU>, BatchNormalization<>, MaxPooling2D<2>,
                          Conv2D<32, 3, Same, ELU<>>, Dropout<0.1>, Conv2D<16, 3, Same, Tanh>, UpSampling2D<2>,
                          Conv2D<1, 3, Same, Sigmoid>>;
using Rows = Sequential<Input<40>,
                        Dense<24, GELU>, LayerNormalization<>, Dense<10, ReLU>, Dense<40, Softmax>>;

Tensor<4> images(Index count) {
  Tensor<4> x(count, 14, 14, 1);
  const Random random(Seed{3}, Purpose::test);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.uniform(i));
  return x;
}
Tensor<2> rows(Index count) {  // the number of the largest
  Tensor<2> x(count, 40);
  const Random random(Seed{4}, Purpose::test);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.uniform(i));
  return x;
}

}  // namespace

int main(int argc, char** argv) {
  const bool weights = argc > 1 && std::strcmp(argv[1], "--weights") == 0;
  Images of_images{Seed{1}};
  Rows of_rows{Seed{2}};
  const Tensor<4> x = images(64);
  const Tensor<2> r = rows(64);
  Tensor<1> labels(64);
  for (Index n = 0; n < 64; ++n) labels(n) = static_cast<float>(n % 40);

  auto first = compile(of_images, Adam{.learning_rate = 1e-2}, BinaryCrossentropy{});
  auto second = compile(of_rows, SGD{.learning_rate = 0.1, .momentum = 0.9}, SparseCategoricalCrossentropy{});
  constexpr int epochs = 8;
  const std::clock_t start = std::clock();  // of the processor, which others may want, too
  const History a = first.fit(x, x, {.epochs = epochs, .batch_size = 16, .verbose = std::nullopt, .threads = 1});
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const History b = second.fit(r, labels, {.epochs = epochs, .batch_size = 16, .verbose = std::nullopt, .threads = 1});

  std::uint64_t hash = 14695981039346656037u;  // FNV-1a, of all bits
  const auto take = [&](const auto& model) {
    for (const auto& tensor : model.parameters())
      for (Index i = 0; i < tensor.size(); ++i) {
        hash = (hash ^ detail::bit_cast<std::uint32_t>(tensor.data[i])) * 1099511628211u;
        if (weights) std::printf("%.9g\n", static_cast<double>(tensor.data[i]));
      }
  };
  take(of_images), take(of_rows);
  if (weights) return 0;
  std::printf("losses: %.7f, %.7f\nhash: %016llx\nsamples/s: %.0f\n", a["loss"].back(), b["loss"].back(),
              static_cast<unsigned long long>(hash), 64 * epochs / seconds);
}
