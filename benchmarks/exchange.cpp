/// What does it cost to exchange gradients? Measures, on the processes that mpirun starts, the time of an agreement (one number)
/// and of the sum of gradients of several sizes, and prints it as JSON. For benchmarks/distributed.py.

#include <latent/mpi.hpp>
#include <latent/training/gradient_sum.hpp>

#include "command_line.hpp"
#include "fma_peak.hpp"

int main(int argc, char** argv) try {
  mpi::World world(argc, argv);
  const CommandLine options(argc, argv, {"--seconds", "--help"});
  if (options.has("--help"))
    return std::printf("usage: mpirun -np N exchange [--seconds S]      time for each size, default 0.5\n") < 0;
  const double seconds = options.seconds(0.5);
  const auto time_of = [&](const auto& work) {
    std::vector<double> times;
    for (const double end = now() + seconds; world.any(now() < end || times.size() < 3);) {
      const double start = now();
      for (int i = 0; i < 10; ++i) work();
      times.push_back((now() - start) / 10);
    }
    return median(times);
  };
  std::printf("{\"processes\": %d, \"any_us\": %.3f, \"sums\": [", world.size(),
              1e6 * time_of([&] { world.any(false); }));
  for (Index scalars = 1 << 12; scalars <= 1 << 21; scalars *= 4) {
    engine::GradientSum<float> sum(world, scalars);
    std::vector<float> rows(static_cast<std::size_t>(8 * scalars), 1.0f);
    sum.begin(8);
    std::printf("%s\n  {\"bytes\": %ld, \"us\": %.2f}", scalars > 1 << 12 ? "," : "", static_cast<long>(4 * scalars),
                1e6 * time_of([&] { sum.add(rows.data(), 1); }));
  }
  std::printf("\n]}\n");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "exchange: %s\n", error.what());
  return 1;
}
