/// How long does a prediction take? Measures `predict` on batches from one image to ten thousand: the first call of a fresh
/// model, and of the repeated ones the median and the one that 99 % are faster than.

#include <latent/core/files.hpp>

#include "command_line.hpp"
#include "measure.hpp"

namespace {

const char* usage =
    "usage: prediction [options]\n"
    "  --models NAME ...  ae7k, dae74k, vae_decoder, deep_dense; default all\n"
    "  --batch N ...      default 1 8 128 10000\n"
    "  --threads N ...    default 1 and all\n"
    "  --seconds S        time for each model and batch, default 1\n"
    "  --json FILE        writes the results\n";

using Models =
    decltype(std::tuple_cat(Convolutional<>{}, std::tuple<Entry<"vae_decoder", 65'089, 128, VariationalDecoder>,
                                                          Entry<"deep_dense", 222'384, 256, DeepDenseAutoencoder>>{}));

struct Latency {
  std::string model;
  int threads, batch;
  double first, median, p99;  ///< us
};

template <class Model>
Latency measure_latency(const std::string& name, int threads, int batch, double seconds) {
  const Model model(Seed{1});
  const auto x = ZerosAndOnes<Model>(batch).x;
  typename Model::OutputTensor y;
  std::vector<double> times;
  const auto timed = [&] {
    const double start = now();
    model.predict(x, y, threads);
    return 1e6 * (now() - start);
  };
  const double first = timed();
  for (const double end = now() + seconds; now() < end || times.size() < 3;) times.push_back(timed());
  std::sort(times.begin(), times.end());
  return {name, threads, batch, first, times[times.size() / 2], times[times.size() * 99 / 100]};
}

void write_json(const std::string& path, const std::vector<Latency>& all) {
  std::ostringstream results;
  for (const Latency& it : all)
    results << (results.tellp() > 0 ? ",\n" : "\n") << "  {\"model\": \"" << it.model
            << "\", \"threads\": " << it.threads << ", \"batch\": " << it.batch << ", \"first_us\": " << it.first
            << ", \"median_us\": " << it.median << ", \"p99_us\": " << it.p99 << "}";
  write_atomically(path, text("{\"results\": [", results.str(), "\n ]}\n"));
}

}  // namespace

int main(int argc, char** argv) try {
  const CommandLine options(argc, argv, {"--models", "--batch", "--threads", "--seconds", "--json", "--help"});
  if (options.has("--help")) return std::printf("%s", usage) < 0;
  std::vector<std::string> known, wanted = options.words("--models");
  for_models<Models>([&](auto entry) { known.push_back(entry.name); });
  if (wanted.empty()) wanted = known;
  for (const std::string& name : wanted)
    check(std::find(known.begin(), known.end(), name) != known.end(), "--models: there is no ", name);
  std::vector<int> batches = options.numbers("--batch");
  if (batches.empty()) batches = {1, 8, 128, 10000};

  std::vector<Latency> all;
  std::printf("| %-12s | %7s | %6s | %11s | %11s | %11s | %8s |\n", "model", "threads", "batch", "first, us",
              "median, us", "99 %, us", "images/s");
  std::printf("| :----------- | ------: | -----: | ----------: | ----------: | ----------: | -------: |\n");
  for (const int threads : options.threads())
    for_models<Models>([&]<class E>(E) {
      if (std::find(wanted.begin(), wanted.end(), E::name) == wanted.end()) return;
      for (const int batch : batches) {
        const Latency& it =
            all.emplace_back(measure_latency<typename E::Model>(E::name, threads, batch, options.seconds(1)));
        std::printf("| %-12s | %7d | %6d | %11.1f | %11.1f | %11.1f | %8.0f |\n", E::name, threads, batch, it.first,
                    it.median, it.p99, 1e6 * batch / it.median);
        std::fflush(stdout);
      }
    });
  if (options.has("--json")) write_json(options.word("--json", ""), all);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "prediction: %s\n%s", error.what(), usage);
  return 1;
}
