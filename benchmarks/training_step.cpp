/// How fast is a training step? Measures, in one run, the processor's peak of multiply-adds and the training step of
/// the course models, forward, backward and Adam, and prints images per second, GFLOP/s and the share of the peak.

#include <latent/core/tensor.hpp>
#include <latent/kernels/conv2d_im2col.hpp>
#include <latent/kernels/conv2d_naive.hpp>

#include "command_line.hpp"
#include "profile.hpp"
#ifdef LATENT_MPI
#include <latent/mpi.hpp>
#endif

namespace {

const char* usage =
    "usage: training_step [options]\n"
    "       mpirun -np N training_step [options]      each step is the work of all processes\n"
    "  --models NAME ...  ae7k, dae74k, dae_transpose, vae, dense32, deep_dense, unet, classifier; default all\n"
    "                     or normalized, alone: dae74k with batch normalization\n"
    "  --batch N ...      instead of each model's own, 128 or 256\n"
    "  --threads N ...    default 1 and all\n"
    "  --lanes N          partial sums of the gradients (FitOptions::lanes), default 8\n"
    "  --seconds S        time for each model, default 2\n"
    "  --kernel RUNG      the convolutions' rung: naive, im2col, tiled, winograd; default fastest. ae7k and dae74k "
    "only\n"
    "  --profile          where the time goes, layer by layer, on one thread\n"
    "  --json FILE        writes the results, but for the profile's\n";

/// Measures or profiles those of the models in the list that are asked for.
template <class Entries>
void run(const CommandLine& options, const std::string& rung) {
  std::vector<std::string> known, wanted = options.words("--models");
  for_models<Entries>([&](auto entry) { known.push_back(entry.name); });
  if (wanted.empty() || wanted == std::vector<std::string>{"all"}) wanted = known;
  for (const std::string& name : wanted)
    check(std::find(known.begin(), known.end(), name) != known.end(), "--models: there is no ", name,
          rung.empty() ? "" : " with --kernel");
  const std::vector<int> batches = options.numbers("--batch");
  const double seconds = options.seconds(2);

  /// Calls visit(entry, batch) for each of them.
  const auto for_wanted = [&](const auto& visit) {
    for_models<Entries>([&](auto entry) {
      if (std::find(wanted.begin(), wanted.end(), entry.name) == wanted.end()) return;
      for (int batch : batches) visit(entry, Index(batch));
      if (batches.empty()) visit(entry, entry.batch);
    });
  };
  if (options.has("--profile")) {
    for_wanted([&]<class E>(E, Index batch) {
      Profile<typename E::Model, typename E::Loss> profile(batch);
      profile.run(seconds);
      profile.print((E::name + rung).c_str());
    });
    return;
  }
  std::vector<Measurements> all;
  for (int threads : options.threads()) {
    Measurements& measurements = all.emplace_back(threads, seconds, options.number("--lanes", 8));
    for_wanted(
        [&]<class E>(E, Index batch) { measurements.add<typename E::Model, typename E::Loss>(E::name + rung, batch); });
    measurements.print();
  }
  if (options.has("--json")) write_json(options.word("--json", ""), all);
}

}  // namespace

int main(int argc, char** argv) try {
#ifdef LATENT_MPI
  std::optional<mpi::World> world;
  if (mpi::started_with_others()) world.emplace(argc, argv);
#endif
  const CommandLine options(
      argc, argv,
      {"--models", "--batch", "--threads", "--lanes", "--seconds", "--kernel", "--profile", "--json", "--help"});
  if (options.has("--help")) return std::printf("%s", usage) < 0;
  const std::string kernel = options.word("--kernel", "fastest");
  if (kernel == "fastest" && options.words("--models") == std::vector<std::string>{"normalized"})
    run<Normalized>(options, "");
  else if (kernel == "fastest")
    run<AllModels>(options, "");
  else if (kernel == "naive")
    run<Convolutional<Kernel<naive>>>(options, " naive");
  else if (kernel == "im2col")
    run<Convolutional<Kernel<im2col>>>(options, " im2col");
  else if (kernel == "tiled")
    run<Convolutional<Kernel<tiled>>>(options, " tiled");
  else if (kernel == "winograd")  // fits all convolutions of these models
    run<Convolutional<Kernel<winograd>>>(options, " winograd");
  else
    check(false, "--kernel is naive, im2col, tiled, winograd or fastest, received ", kernel);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "training_step: %s\n%s", error.what(), usage);
  return 1;
}
