/// Which network, which noise, which loss? A sweep of experiments, one table, one figure.
///
/// The task: start from a network of two poolings and 16 filters, Gaussian noise of 0.5 and binary cross-entropy.
/// Change one thing at a time: the depth, the number of filters, the loss, the noise. Train each, compare, and say what
/// the figures say.
///
/// What to look at:
///   table.md         parameters, seconds, validation loss and PSNR of each experiment (results.csv: for programs)
///   experiments.png  PSNR of the denoised test images as bars, one colour for each question; the network that all
///                    start from is trained once and stands in each group
///
/// A killed sweep continues where it was: every finished experiment is a line in results.csv, and a line that is there
/// is not computed again. Another --epochs, --train, --batch-size or --seed is another experiment.
///
/// Validation losses can be compared among experiments with the same loss and the same noise only; PSNR among those
/// with the same noise: compare an experiment about noise with its own input.
///
/// Questions: Each comparison is one run with one seed: how large must a difference be to mean something (try --seed)?
/// What is bought by four times the parameters? Which experiment would you do next?

#include <chrono>
#include <functional>
#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/psnr.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

template <int filters>
using OnePooling = Sequential<Input<28, 28, 1>,
                              Conv2D<filters, 3, Same, ReLU>, MaxPooling2D<2>,
                              Conv2D<filters, 3, Same, ReLU>, UpSampling2D<2>,
                              Conv2D<1, 3, Same, Sigmoid>>;
template <int filters, class Output = Sigmoid>
using TwoPoolings = Sequential<Input<28, 28, 1>,
                               Conv2D<filters, 3, Same, ReLU>, MaxPooling2D<2>,
                               Conv2D<filters, 3, Same, ReLU>, MaxPooling2D<2>,
                               Conv2D<filters, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<filters, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<1, 3, Same, Output>>;
using NoPooling = Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, Conv2D<16, 3, Same, ReLU>,
                             Conv2D<1, 3, Same, Sigmoid>>;

struct Noise {
  std::string kind;
  double level;
  Tensor<4> on(const Tensor<4>& images, Seed seed) const {
    return kind == "gaussian" ? add_gaussian_noise(images, level, seed)
                              : add_salt_and_pepper_noise(images, level, seed);
  }
};

struct Result {
  Index parameters = 0;
  double seconds = 0, val_loss = 0, psnr_noisy = 0, psnr_denoised = 0;
};

/// What is trained, on what.
struct Sweep {
  const Options& options;
  Tensor<4> train, test;
  std::string name = {};  // of the experiment that is done

  template <class Autoencoder, class Loss>
  Result run(const Noise& noise, const Loss& loss) const {
    const Tensor<4> noisy_train = noise.on(train, Seed{options.seed + 1}),
                    noisy_test = noise.on(test, Seed{options.seed + 2});
    Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
    auto trainer = compile(autoencoder, Adam{}, loss);
    const auto start = std::chrono::steady_clock::now();
    GoingOn going_on(options, "experiment_", false, name);
    const History history = trainer.fit(noisy_train, train,
                                        {.epochs = options.epochs,
                                         .batch_size = options.batch_size,
                                         .callbacks = {&going_on},
                                         .seed = Seed{options.seed},
                                         .threads = options.threads});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return {Autoencoder::count_params(), seconds.count(), trainer.evaluate(noisy_test, test, options.threads),
            evaluation::mean(evaluation::psnr(noisy_test, test)),
            evaluation::mean(evaluation::psnr(autoencoder.predict(noisy_test, options.threads), test))};
  }
};

struct Experiment {
  std::string question, name;
  std::function<Result(const Sweep&)> run;  // none: the baseline once more, which is trained only once
};

const Noise usual{"gaussian", 0.5};
template <class Autoencoder>
Result usual_training(const Sweep& sweep) {
  return sweep.run<Autoencoder>(usual, BinaryCrossentropy{});
}
Result other_noise(const Sweep& sweep, const Noise& noise) {
  return sweep.run<TwoPoolings<16>>(noise, BinaryCrossentropy{});
}

const std::vector<Experiment> experiments{
    {"depth", "no pooling, 16 filters", usual_training<NoPooling>},
    {"depth", "1 pooling, 16 filters", usual_training<OnePooling<16>>},
    {"depth", "2 poolings, 16 filters", usual_training<TwoPoolings<16>>},
    {"filters", "8 filters", usual_training<TwoPoolings<8>>},
    {"filters", "16 filters", {}},
    {"filters", "32 filters", usual_training<TwoPoolings<32>>},
    {"loss", "binary cross-entropy, sigmoid", {}},
    {"loss", "mean squared error, no sigmoid",
     [](const Sweep& s) { return s.run<TwoPoolings<16, Linear>>(usual, MeanSquaredError{}); }},
    {"noise", "Gaussian 0.3", [](const Sweep& s) { return other_noise(s, {"gaussian", 0.3}); }},
    {"noise", "Gaussian 0.5", {}},
    {"noise", "Gaussian 0.7", [](const Sweep& s) { return other_noise(s, {"gaussian", 0.7}); }},
    {"noise", "salt and pepper 0.3", [](const Sweep& s) { return other_noise(s, {"salt_and_pepper", 0.3}); }},
    {"noise", "salt and pepper 0.5", [](const Sweep& s) { return other_noise(s, {"salt_and_pepper", 0.5}); }}};
const Experiment& baseline = experiments[2];  // what all start from

/// The results of earlier runs, by what tells experiments apart: the first column of results.csv.
class Results {
 public:
  explicit Results(const std::string& path) : path_(path) {
    if (!std::filesystem::exists(path)) return;
    std::istringstream lines(read_file(path));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      const auto comma = line.find(',');
      std::istringstream numbers(line.substr(std::min(comma, line.size())));
      Result r;
      char separator;
      numbers >> separator >> r.parameters >> separator >> r.seconds >> separator >> r.val_loss >> separator >>
          r.psnr_noisy >> separator >> r.psnr_denoised;
      if (numbers) add(line.substr(0, comma), r);
    }
  }
  const Result* find(const std::string& key) const {
    for (const auto& [known, result] : lines_)
      if (known == key) return &result;
    return nullptr;
  }
  void add(const std::string& key, const Result& result) { lines_.emplace_back(key, result); }
  void save() const {
    std::string csv = "experiment,parameters,seconds,val_loss,psnr_noisy,psnr_denoised\n";
    for (const auto& [key, r] : lines_)
      csv += text(key, ",", r.parameters, ",", exact(r.seconds), ",", exact(r.val_loss), ",", exact(r.psnr_noisy), ",",
                  exact(r.psnr_denoised), "\n");
    write_atomically(path_, csv);
  }

 private:
  std::string path_;
  std::vector<std::pair<std::string, Result>> lines_;
};

void example(int argc, char** argv) {
  Options options{"denoising_experiments",
                  "Trains denoising auto-encoders that differ in one thing, and compares them.",
                  {.epochs = 5, .batch_size = 128, .train = 20000, .quick_epochs = 3, .quick_train = 4000}};
  options.parse(argc, argv);
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  Sweep sweep{options, first_of(data.train.images, options.train), data.test.images};

  // 1. All experiments, but for those that were done before.
  Results results(options.path("results.csv"));
  const std::string fingerprint = datasets::fingerprint(sweep.train) + datasets::fingerprint(data.test.images);
  const auto key = [&](const Experiment& e) {
    std::string words =
        text(e.question, ": ", e.name, "; ", options.epochs, " epochs of ", sweep.train.dimension(0),
             " images in batches of ", options.batch_size, "; seed ", options.seed, "; data ", fingerprint);
    std::replace(words.begin(), words.end(), ',', ' ');
    return words;
  };
  for (const Experiment& experiment : experiments) {
    if (!experiment.run) continue;
    std::cout << experiment.question << ": " << experiment.name;
    if (results.find(key(experiment)) != nullptr) {
      std::cout << " (done before)" << std::endl;
      continue;
    }
    std::cout << std::endl;
    sweep.name = experiment.question + ": " + experiment.name;
    results.add(key(experiment), experiment.run(sweep));
    results.save();
  }

  const auto result_of = [&](const Experiment& e) { return *results.find(key(e.run ? e : baseline)); };

  // 2. One table, one figure.
  std::string table =
      "| question | experiment | parameters | epochs | seconds | val_loss | PSNR noisy | PSNR denoised |\n"
      "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  std::vector<std::vector<report::Cell>> rows;
  std::vector<pictures::Bar> bars;
  int group = -1;
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    const Experiment& e = experiments[i];
    const Result r = result_of(e);
    const auto rounded = [](double value, int digits) {
      char out[32];
      std::snprintf(out, sizeof out, "%.*f", digits, value);
      return std::string(out);
    };
    table += text("| ", e.question, " | ", e.name, " | ", with_commas(r.parameters), " | ", options.epochs, " | ",
                  rounded(r.seconds, 1), " | ", rounded(r.val_loss, 4), " | ", rounded(r.psnr_noisy, 2), " | ",
                  rounded(r.psnr_denoised, 2), " |\n");
    rows.push_back(
        {e.question, e.name, r.parameters, options.epochs, r.seconds, r.val_loss, r.psnr_noisy, r.psnr_denoised});
    if (i == 0 || experiments[i - 1].question != e.question) ++group;
    const std::string input = e.question == "noise" ? text(" (input ", rounded(r.psnr_noisy, 1), " dB)") : "";
    bars.push_back({e.question + ": " + e.name + input, r.psnr_denoised, group});
  }
  write_atomically(options.path("table.md"), table);
  run_report::table(
      "Experiments",
      {"question", "experiment", "parameters", "epochs", "seconds", "val_loss", "PSNR noisy", "PSNR denoised"}, rows);
  pictures::save_png(options.path("experiments.png"),
                     pictures::bars(bars, {.title = "PSNR after denoising", .x_label = "decibels"}));
  std::cout << table;

  // 3. What the figures say: by how much an experiment is better than the one before it in the list.
  const auto gain = [&](std::size_t i) {
    return result_of(experiments[i]).psnr_denoised - result_of(experiments[i - 1]).psnr_denoised;
  };
  const auto verdict = [](const char* what, double decibels) {
    std::cout << what
              << (decibels > 0.1    ? " helps"
                  : decibels < -0.1 ? " harms"
                                    : " makes no difference to speak of")
              << " (" << decibels << " dB, one seed)\n";
  };
  print_figure("psnr_gain_of_first_pooling", gain(1));
  print_figure("psnr_gain_of_second_pooling", gain(2));
  print_figure("psnr_gain_of_16_instead_of_8_filters", gain(4));
  print_figure("psnr_gain_of_32_instead_of_16_filters", gain(5));
  print_figure("psnr_gain_of_mse_instead_of_bce", gain(7));
  verdict("A first pooling, which lets each output pixel see further,", gain(1));
  verdict("A second one", gain(2));
  verdict("Twice the filters, 16 instead of 8,", gain(4));
  verdict("Twice as many again, four times the parameters,", gain(5));
  verdict("Training with the squared error, which is what PSNR measures,", gain(7));
}

int main(int argc, char** argv) { return run(argc, argv, example); }
