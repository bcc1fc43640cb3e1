/// How fast is a training step? Measures, in one run, the processor's peak of multiply-adds and the training step of the
/// course models, forward, backward and Adam, and prints images per second, GFLOP/s and the share of the peak.
///
///     training_step [--json FILE] [--threads N ...] [--models NAME ...] [--seconds S]
///
/// FLOPs are those of the direct convolution: 2 for each multiply-add of forward, input gradient (not for the first
/// layer) and weight gradient; nothing else is counted. Rates are those of the median of many short runs.

#include <cstdio>
#include <latent/latent.hpp>

#include "fma_peak.hpp"

using namespace latent;

namespace {

/// Multiply-adds of one sample's training step: each layer's output positions times what each of them sums over.
template <class network>
double flops_per_sample() {
  double sum = 0;
  network::for_layers([&]<int i>() {
    using L = typename network::template Layer<i>;
    if constexpr (!L::parameters.empty()) {
      const ParameterSpec& kernel = L::parameters[0];
      const double units = static_cast<double>(kernel.dimensions[static_cast<std::size_t>(kernel.rank - 1)]);
      const double multiply_adds = static_cast<double>(L::output_shape::size) / units * static_cast<double>(kernel.size());
      sum += 2 * multiply_adds * (i == 0 ? 2 : 3);
    }
  });
  return sum;
}

struct Result {
  std::string model;
  int threads;
  Index batch;
  double images_per_second, gflops;
  std::size_t workspace_bytes;
};

template <class Model>
Result measure(const std::string& name, Index batch, int threads, double seconds) {
  using X = typename Model::InputTensor;
  typename X::Dimensions dimensions;
  dimensions[0] = batch;
  std::copy(Model::input_shape::dimensions.begin(), Model::input_shape::dimensions.end(), dimensions.begin() + 1);
  X x(dimensions);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Random(Seed{1}, Purpose::test).uniform(i) > 0.8);
  Model model{Seed{1}};
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  for (int i = 0; i < 3; ++i) trainer.train_on_batch(x, x, threads);
  std::vector<double> times;
  for (const double end = now() + seconds; now() < end || times.size() < 5;) {
    const double start = now();
    trainer.train_on_batch(x, x, threads);
    times.push_back(now() - start);
  }
  const double rate = static_cast<double>(batch) / median(times);
  return {name, threads, batch, rate, rate * flops_per_sample<typename Model::network>() * 1e-9, trainer.workspace_bytes()};
}

template <Index small, Index large>
using ConvolutionalAutoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<small, 3, Same, ReLU>, MaxPooling2D<2, Same>, Conv2D<large, 3, Same, ReLU>,
               MaxPooling2D<2, Same>, Conv2D<large, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<small, 3, Same, ReLU>,
               UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
using DenseAutoencoder = Sequential<Input<784>, Dense<32, ReLU>, Dense<784, Sigmoid>>;

void write_json(const std::string& path, const std::map<int, double>& peaks, const std::vector<Result>& results) {
  std::ostringstream out;
  out << "{\"peak_gflops\": {";
  for (auto it = peaks.begin(); it != peaks.end(); ++it)
    out << (it == peaks.begin() ? "" : ", ") << '"' << it->first << "\": " << it->second;
  out << "},\n \"results\": [";
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Result& r = results[i];
    out << (i == 0 ? "\n" : ",\n") << "  {\"model\": \"" << r.model << "\", \"threads\": " << r.threads
        << ", \"batch\": " << r.batch << ", \"images_per_second\": " << r.images_per_second << ", \"gflops\": " << r.gflops
        << ", \"share_of_peak\": " << r.gflops / peaks.at(r.threads) << ", \"workspace_bytes\": " << r.workspace_bytes << "}";
  }
  write_atomically(path, out.str() + "\n ]}\n");
}

}  // namespace

int main(int argc, char** argv) try {
  std::string json;
  std::vector<int> threads;
  std::vector<std::string> models;
  double seconds = 2;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto values = [&](const auto& take) {
      check(i + 1 < argc, option, " needs a value");
      while (i + 1 < argc && std::string(argv[i + 1]).rfind("--", 0) != 0) take(std::string(argv[++i]));
    };
    if (option == "--json") {
      values([&](const std::string& v) { json = v; });
    } else if (option == "--threads") {
      values([&](const std::string& v) { threads.push_back(std::stoi(v)); });
    } else if (option == "--models") {
      values([&](const std::string& v) { models.push_back(v); });
    } else if (option == "--seconds") {
      values([&](const std::string& v) { seconds = std::stod(v); });
    } else {
      std::printf("usage: %s [--json FILE] [--threads N ...] [--models ae7k dae74k dense32] [--seconds S]\n", argv[0]);
      return option == "--help" ? 0 : 2;
    }
  }
  for (int n : threads) check(n >= 1, "--threads is at least 1, received ", n);
  for (const std::string& name : models)
    check(name == "ae7k" || name == "dae74k" || name == "dense32", "--models knows ae7k, dae74k, dense32, not ", name);
  if (threads.empty()) {
    threads = {1};
    if (omp_get_max_threads() > 1) threads.push_back(omp_get_max_threads());
  }

  std::map<int, double> peaks;
  std::vector<Result> results;
  for (int n : threads) {
    // The peak is measured before, between and after the models: the clock wanders.
    std::vector<double> bursts;
    const std::size_t first = results.size();
    measure_peak(n, 0.5, bursts);
    const auto run = [&]<class Model>(const char* name, Index batch) {
      if (!models.empty() && std::find(models.begin(), models.end(), name) == models.end()) return;
      results.push_back(measure<Model>(name, batch, n, seconds));
      measure_peak(n, 0.5, bursts);
    };
    run.operator()<ConvolutionalAutoencoder<16, 16>>("ae7k", 128);
    run.operator()<ConvolutionalAutoencoder<32, 64>>("dae74k", 128);
    run.operator()<DenseAutoencoder>("dense32", 256);
    peaks[n] = median(bursts);
    std::printf("%d thread%s: FMA peak %.0f GFLOP/s\n%-8s %6s %12s %10s %14s %18s\n", n, n == 1 ? "" : "s", peaks[n], "model",
                "batch", "images/s", "GFLOP/s", "share of peak", "workspace/thread");
    for (std::size_t i = first; i < results.size(); ++i) {
      const Result& r = results[i];
      std::printf("%-8s %6ld %12.0f %10.1f %12.1f %% %15zu kB\n", r.model.c_str(), static_cast<long>(r.batch),
                  r.images_per_second, r.gflops, 100 * r.gflops / peaks[n], r.workspace_bytes / 1024);
    }
    std::fflush(stdout);
  }
  if (!json.empty()) write_json(json, peaks, results);
} catch (const std::exception& error) {
  std::fprintf(stderr, "training_step: %s\n", error.what());
  return 1;
}
