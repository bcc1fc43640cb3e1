/// The convolution ladder, timed: every rung (naive, im2col, tiled, winograd; few_filters and few_weights where the
/// library takes them) and oneDNN's two algorithms (onednn: direct, onednn_winograd), for forward, input gradient and
/// weight gradient, on the shapes of the course's networks and some larger ones.
///
///     conv2d [--threads=1,2] [--images=N] [--benchmark_filter=...] [--benchmark_out=FILE --benchmark_out_format=json]
///
/// Names are conv2d/<pass>/<rung>/<height>x<width>x<channels>x<filters>/threads:<n>; "_k5" is a 5 x 5 kernel, "_s2"
/// strides of 2, "_transposed" a transposed convolution. All data is in place, the weights are prepared (kernel
/// transforms, oneDNN's layouts), and a batch of images is done per iteration. For each line:
///     GFLOP/s         of the direct convolution, whatever the rung really does
///     share_of_peak   of `peak`, the multiply-adds per second on registers, measured right before and after
///     bytes           of x, y and the kernel, each once; intensity = FLOPs / bytes
///     error           in float: the largest difference from naive in double, divided by the largest value
///     speedup         over the rung below, which is tiled for few_filters, few_weights and winograd

#include <fstream>
#include <map>

#include "../fma_peak.hpp"
#include "ladder.hpp"

namespace {

std::vector<int> thread_counts;

double gigabytes_per_second(int threads) {
  std::vector<float> from(32 << 20), to(from.size());
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const double start = now();
#pragma omp parallel for num_threads(threads)
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i] + 1.0f;
    best = std::max(best, 2.0 * 4e-9 * static_cast<double>(from.size()) / (now() - start));
    benchmark::DoNotOptimize(to.data());
  }
  return best;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::string vector_width() {
  return text(8 * simd::register_bytes, " bit, ", simd::lanes<float>, " floats, ", simd::registers, " registers");
}

}  // namespace

Index ladder::images_of_all = 0;

void ladder::add(const Entry& entry, const std::function<std::function<void()>(int)>& start) {
  for (const int threads : thread_counts) {
    const std::string line = text(entry.pass, "/", entry.shape, "/", threads);
    const std::string name = text("conv2d/", entry.pass, "/", entry.rung_name, "/", entry.shape, "/threads:", threads);
    benchmark::RegisterBenchmark(
        name.c_str(),
        [=](benchmark::State& state) {
          static std::map<std::string, std::map<int, double>> seconds_of;  // line -> rung -> seconds
          static std::map<std::string, double> errors;
          if (entry.error && !errors.contains(name)) errors[name] = entry.error();
          const auto run = start(threads);
          run();
          std::vector<double> peaks;
          measure_peak(threads, 0.003, peaks);
          const double begin = now();
          for (auto _ : state) run();
          const double seconds = (now() - begin) / static_cast<double>(state.iterations());
          measure_peak(threads, 0.003, peaks);
          seconds_of[line][entry.rung] = seconds;
          const double gflops = entry.flops / seconds * 1e-9, peak = median(peaks);
          state.counters["GFLOP/s"] = gflops;
          state.counters["peak"] = peak;
          state.counters["share_of_peak"] = gflops / peak;
          state.counters["bytes"] = entry.bytes;
          if (entry.error) state.counters["error"] = errors[name];
          state.counters["intensity"] = entry.flops / entry.bytes;
          if (const auto below = seconds_of[line].find(entry.rung - 1);
              below != seconds_of[line].end() && entry.rung < 4)
            state.counters["speedup"] = below->second / seconds;
        })
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.1);
  }
}

int main(int argc, char** argv) {
  std::string wanted = processors() == 1 ? std::string("1") : text("1,", processors());
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option.rfind("--threads=", 0) == 0)
      wanted = option.substr(10);
    else if (option.rfind("--images=", 0) == 0)
      ladder::images_of_all = std::max(1, std::atoi(option.c_str() + 9));
    else
      argv[kept++] = argv[i];
  }
  argc = kept;
  std::istringstream list(wanted);
  for (std::string part; std::getline(list, part, ',');) {
    const int n = std::atoi(part.c_str());
    if (n < 1)
      return std::fprintf(stderr, "conv2d: --threads=1,2 has numbers of at least 1, received %s\n", part.c_str()), 2;
    thread_counts.push_back(n);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  ladder::add_first_and_last_layers();
  ladder::add_middle_layers();
  ladder::add_strided();
  ladder::add_large();
  benchmark::AddCustomContext("cpu", processor());
  benchmark::AddCustomContext("compiler", __VERSION__);
  benchmark::AddCustomContext("vector", vector_width());
  benchmark::AddCustomContext("onednn", onednn_version() ? onednn_version() : "not built in");
  benchmark::AddCustomContext("memory_gb_per_s", text(gigabytes_per_second(thread_counts.back())));
  benchmark::RunSpecifiedBenchmarks();
}
