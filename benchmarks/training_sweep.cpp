/// Is there a cliff? Measures the training step of one model after the other that differ in one number only: channels,
/// image size, colours or batch. The columns are those of training_step.

#include "command_line.hpp"
#include "measure.hpp"

namespace {

const char* usage =
    "usage: training_sweep [options]\n"
    "  --sweep NAME ...  channels  the convolutional auto-encoder with 8-16 to 64-128 channels\n"
    "                    size      dae74k's layers on images of 16x16 to 64x64\n"
    "                    colors    dae74k's layers on 32x32 images of 1 to 8 colours\n"
    "                    batch     ae7k and dae74k on batches of 1 to 512\n"
    "                    default all of them\n"
    "  --threads N ...   default 1 and all\n"
    "  --seconds S       time for each row, default 1\n"
    "  --json FILE       writes the results\n";

void sweep_channels(Measurements& to) {
  const auto add = [&]<Index small, Index large>() {
    to.add<ConvolutionalAutoencoder<Input<28, 28, 1>, small, large>>(text("channels ", small, "-", large), 128);
  };
  add.operator()<8, 16>();
  add.operator()<16, 32>();
  add.operator()<24, 48>();
  add.operator()<32, 64>();
  add.operator()<48, 96>();
  add.operator()<64, 128>();
}

void sweep_sizes(Measurements& to) {
  const auto add = [&]<Index... sizes>() {
    (to.add<ConvolutionalAutoencoder<Input<sizes, sizes, 1>, 32, 64>>(text("dae74k ", sizes, "x", sizes), 128), ...);
  };
  add.operator()<16, 20, 28, 32, 40, 64>();
}

void sweep_colors(Measurements& to) {
  const auto add = [&]<Index... colors>() {
    (to.add<ConvolutionalAutoencoder<Input<32, 32, colors>, 32, 64>>(text("dae74k 32x32x", colors), 128), ...);
  };
  add.operator()<1, 2, 3, 4, 8>();
}

void sweep_batches(Measurements& to) {
  for_models<Convolutional<>>([&]<class E>(E) {
    for (Index batch = 1; batch <= 512; batch *= 2) to.add<typename E::Model>(E::name, batch);
  });
}

}  // namespace

int main(int argc, char** argv) try {
  const CommandLine options(argc, argv, {"--sweep", "--threads", "--seconds", "--json", "--help"});
  if (options.has("--help")) return std::printf("%s", usage) < 0;
  const std::map<std::string, void (*)(Measurements&)> sweeps{
      {"channels", sweep_channels}, {"size", sweep_sizes}, {"colors", sweep_colors}, {"batch", sweep_batches}};
  std::vector<std::string> wanted = options.words("--sweep");
  if (wanted.empty()) wanted = {"channels", "size", "colors", "batch"};
  for (const std::string& name : wanted) check(sweeps.contains(name), "--sweep: there is no ", name);
  std::vector<Measurements> all;
  for (int threads : options.threads()) {
    Measurements& measurements = all.emplace_back(threads, options.seconds(1));
    for (const std::string& name : wanted) sweeps.at(name)(measurements);
    measurements.print();
  }
  if (options.has("--json")) write_json(options.word("--json", ""), all);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "training_sweep: %s\n%s", error.what(), usage);
  return 1;
}
