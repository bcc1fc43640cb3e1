/// What does it cost to train on a source? Trains the course models on batches in memory and on the same batches from a source
/// that copies them, in turns, and prints images per second of both. With --gigabytes N it trains for an epoch on so much
/// generated data instead, and prints the peak of the memory.

#include <sys/resource.h>

#include <latent/sources.hpp>

#include "command_line.hpp"
#include "measure.hpp"

namespace {

const char* usage =
    "usage: stream [options]\n"
    "  --threads N ...    default 1 and all\n"
    "  --rounds N         of both, in turns, each some seconds long; default 5\n"
    "  --gigabytes N      one epoch over so much generated data, and the peak of the memory\n";

using Images = Tensor<4>;
using Rows = Tensor<2>;

template <class T>
T zeros_and_ones(Index samples) {
  T x;
  if constexpr (T::NumDimensions == 4)
    x.resize(samples, 28, 28, 1);
  else
    x.resize(samples, 784);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Random(Seed{1}, Purpose::test).uniform(i) > 0.8);
  return x;
}

double seconds_of(const auto& work) {
  const double start = now();
  work();
  return now() - start;
}

/// Epochs over `samples` images in memory and from a source, in turns.
template <class Model, class T>
void compare(const char* name, Index samples, Index batch_size, int threads, int rounds) {
  const T x = zeros_and_ones<T>(samples);
  TensorSource source(x, x, {.batch_size = batch_size});
  Model model{Seed{1}};
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  std::vector<double> in_memory, streamed, ratios;
  for (int round = 0; round < rounds; ++round) {
    in_memory.push_back(
        seconds_of([&] { trainer.fit(x, x, {.batch_size = batch_size, .verbose = {}, .threads = threads}); }));
    streamed.push_back(seconds_of([&] { trainer.fit(source, {.verbose = {}, .threads = threads}); }));
    ratios.push_back(in_memory.back() / streamed.back());
  }
  const auto rate = [&](const std::vector<double>& times) { return static_cast<double>(samples) / median(times); };
  std::printf("| %-10s | %7d | %5ld | %9.0f | %9.0f | %5.3f |\n", name, threads, static_cast<long>(batch_size),
              rate(in_memory), rate(streamed), median(ratios));
  std::fflush(stdout);
}

/// One epoch of a small convolutional network over so many gigabytes of images that a function makes.
void epoch_over(int gigabytes) {
  constexpr Index batch_size = 128, height = 64, width = 64;
  const double bytes_of_batch = 1.0 * sizeof(float) * batch_size * height * width;
  const auto batches = static_cast<Index>(gigabytes * 1e9 / bytes_of_batch);
  auto source = generated(batches, [](Index i, Index epoch) {
    Images x(batch_size, height, width, 1);
    for (Index k = 0; k < x.size(); ++k) x.data()[k] = static_cast<float>((k * 7 + i * 13 + epoch) % 101) / 101;
    return Source<Images, Images>::Batch{x};
  });
  Sequential<Input<64, 64, 1>, Conv2D<4, 3, Same, Strides<4>, ReLU>, UpSampling2D<4>, Conv2D<1, 3, Same, Sigmoid>>
      model;
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const double seconds = seconds_of([&] { trainer.fit(source, {.shuffle = false}); });
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("%d GB in %ld batches: %.0f s, %.0f MB/s, peak of the memory %.0f MB\n", gigabytes,
              static_cast<long>(batches), seconds, gigabytes * 1e3 / seconds,
              static_cast<double>(used.ru_maxrss) * 1024 / 1e6);
}

}  // namespace

int main(int argc, char** argv) try {
  const CommandLine options(argc, argv, {"--threads", "--rounds", "--gigabytes", "--help"});
  if (options.has("--help")) return std::printf("%s", usage) < 0;
  if (options.has("--gigabytes")) return epoch_over(options.numbers("--gigabytes").at(0)), 0;
  const int rounds = options.has("--rounds") ? options.numbers("--rounds").at(0) : 5;
  std::printf("| model      | threads | batch | in memory |  streamed | ratio |\n");
  std::printf("| :--------- | ------: | ----: | --------: | --------: | ----: |\n");
  for (const int threads : options.threads()) {
    compare<ConvolutionalAutoencoder<Input<28, 28, 1>, 32, 64>, Images>("dae74k", 4096, 128, threads, rounds);
    compare<DenseAutoencoder, Rows>("dense32", 40960, 256, threads, rounds);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "stream: %s\n%s", error.what(), usage);
  return 1;
}
