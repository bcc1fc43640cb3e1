/// Data augmentation: a generator of 2s, of 3s and of 8s, from many samples and from few.
///
/// The task: a variational auto-encoder for one digit is trained on all its samples, on 1000, 100 and 10 of them, for
/// as many steps each. Codes on circles around 0, from likely ones to extreme ones, are decoded, and a classifier that
/// was trained beforehand says which are read as that digit. A generator is of use only if its images are right and
/// different, so the diversity of what it draws is compared with that of real digits.
///
/// What to look at:
///   digit_2_all.png ...   a row for each radius; a green frame for each image that is read as another digit
///   loss_2.png ...        the loss over the steps, on all samples, 1000, 100 and 10: which learns by heart?
///   the table at the end  digit x samples x radius: share recognised, and the diversity
///   digit_2_10_weights.safetensors ...   to explore (latent_explorer): where in the plane are the ten digits?
///
/// The classifier has to choose one of ten digits, so an image is "recognised" if its digit is the least unlikely one.
///
/// Questions: Which images without a frame would you not read, and which with a frame would you? At which radius do the
/// digits fall apart, and why there? With 10 samples nearly everything is recognised: is that the best generator? What
/// would you add to a training set of 100 digits, and what would you expect of it?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <map>
#include <numbers>

#include "support/digit_classifier.hpp"
#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Encoder = Sequential<Input<784>, Named<"h", Dense<256, ReLU>>,
                           Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>;
using Decoder = Sequential<Input<2>, Dense<256, ReLU>, Dense<784, Sigmoid>>;
using Vae = Sequential<Encoder, Sampling<>, Decoder>;

const std::vector<double> radii{0.5, 1, 1.5, 2, 3, 4, 6};  // two thirds of all codes lie within 1.5, 1 in 90 beyond 3
constexpr Index angles = 20;

/// Codes on circles around 0, a row for each radius.
Tensor<2> circles() {
  Tensor<2> codes(static_cast<Index>(radii.size()) * angles, 2);
  for (Index i = 0; i < codes.dimension(0); ++i) {
    const double radius = radii[static_cast<std::size_t>(i / angles)];
    const double angle = 2 * std::numbers::pi * static_cast<double>(i % angles) / angles;
    codes(i, 0) = static_cast<float>(radius * std::cos(angle));
    codes(i, 1) = static_cast<float>(radius * std::sin(angle));
  }
  return codes;
}

/// What came of one generator.
struct Outcome {
  int digit;
  std::string samples;
  std::vector<double> recognised;   // share at each radius
  evaluation::Diversity diversity;  // of 100 digits with codes drawn from N(0, 1)
};

/// How many steps are one pass over so many samples.
Index steps_a_pass(Index samples, Index batch_size) { return (samples + batch_size - 1) / batch_size; }

Outcome generate(const Options& options, int digit, const std::string& samples, const Vae& vae,
                 const DigitClassifier& classifier) {
  const Decoder decoder = vae.part<2>();
  const auto decode = [&](const Tensor<2>& codes) {
    return datasets::as_images(decoder.predict(codes, options.threads), 28, 28);
  };
  const Tensor<4> images = decode(circles());
  const std::vector<int> read = classifier.read(images);
  Tensor<2> drawn(100, 2);
  for (Index i = 0; i < drawn.size(); ++i)
    drawn.data()[i] = static_cast<float>(Random(Seed{options.seed}, Purpose::test).normal(i));

  Outcome outcome{digit, samples, std::vector<double>(radii.size(), 0.0), evaluation::Diversity(decode(drawn))};
  pictures::SheetOptions sheet{
      .title = text("Generated ", digit, "s, from ", samples, " samples (green frame: read as another digit)"),
      .x_label = "around the circle",
      .y_label = "radius of the code (0.5 at the top, 6 below)",
      .scale = 2};
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (read[i] == digit)
      outcome.recognised[i / angles] += 1.0 / angles;
    else
      sheet.frames[static_cast<Index>(i)] = {0, 170, 0};
  }
  pictures::save_png(options.path(text("digit_", digit, "_", samples, ".png")),
                     pictures::sheet(images, static_cast<Index>(radii.size()), angles, sheet));
  return outcome;
}

void example(int argc, char** argv) {
  Options options{"digit_augmentation",
                  "Trains generators of single digits on few and on many samples.",
                  {.epochs = 50, .batch_size = 100, .quick_epochs = 50}};
  options.describe("--epochs", "passes over all samples of a digit; fewer samples are trained for as many steps");
  options.parse(argc, argv);
  check(options.epochs > 0, "expected --epochs of at least 1, received 0");

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const auto [train, labels] = first_of(data.train, options.train);
  std::map<int, Tensor<2>> digits;
  for (const int digit : {2, 3, 8}) {
    const Tensor<2>& all = digits[digit] = datasets::as_rows(datasets::gather(train, datasets::where(labels, digit)));
    check(all.dimension(0) >= 2, "expected at least 2 samples of digit ", digit, ", received ", all.dimension(0),
          " among ", train.dimension(0), " images");
  }
  const DigitClassifier classifier(options, data);
  std::cout << Vae(Seed{}, "vae").summary();

  std::vector<Outcome> outcomes;
  for (const auto& [digit, all] : digits) {
    outcomes.push_back({digit, "real", {}, evaluation::Diversity(first_of(datasets::as_images(all, 28, 28), 100))});
    // --epochs are passes over all samples. Fewer samples are passed over more often, for the same number of steps.
    const Index steps = options.epochs * steps_a_pass(all.dimension(0), options.batch_size);
    std::vector<pictures::Curve> curves;
    for (const Index samples : {Index(0), Index(1000), Index(100), Index(10)}) {
      if (samples >= all.dimension(0)) {
        std::cout << "digit " << digit << ": no training on " << samples << " samples, as there are "
                  << all.dimension(0) << " in all" << std::endl;
        continue;
      }
      const std::string name = samples == 0 ? "all" : std::to_string(samples);
      const Tensor<2> few = first_of(all, samples);
      const Index pass = steps_a_pass(few.dimension(0), options.batch_size);
      Vae vae{Seed{options.seed}, "vae"};
      GoingOn going_on(options, text("digit_", digit, "_", name, "_"));
      const History history = compile(vae, Adam{}, SumOverPixels<BinaryCrossentropy>{})
                                  .fit(few, few,
                                       {.epochs = static_cast<int>((steps + pass - 1) / pass),
                                        .batch_size = options.batch_size,
                                        .verbose = {},
                                        .callbacks = {&going_on},
                                        .seed = Seed{options.seed},
                                        .threads = options.threads});
      print_figure(text("loss_", digit, "_", name), history["loss"].back());
      if (samples == 0 || samples == 10)  // for the explorer: a generator of all, and one that knows ten by heart
        save_model(options.path(text("digit_", digit, "_", name, "_weights.safetensors")), vae);
      std::vector<double> at;
      for (std::size_t epoch = 1; epoch <= history["loss"].size(); ++epoch)
        at.push_back(static_cast<double>(epoch) * static_cast<double>(pass));
      curves.push_back({name + " samples", history["loss"], at});
      outcomes.push_back(generate(options, digit, name, vae, classifier));
    }
    pictures::save_png(options.path(text("loss_", digit, ".png")),
                       pictures::plot(curves, {.title = text("Training loss, generators of ", digit, "s"),
                                               .x_label = "step",
                                               .y_label = "nats",
                                               .y_max = 2 * curves[0].y.back()}));
  }

  std::cout << "\nrecognised at a radius of      ";
  std::vector<std::string> heads{"digit", "samples"};
  for (const double radius : radii) {
    std::cout << at_right(with_decimals(radius, 1), 6);
    heads.push_back(text("recognised at ", radius, ", %"));
  }
  heads.insert(heads.end(), {"diversity", "of real digits", "distinct of 100", "of real digits"});
  std::vector<std::vector<report::Cell>> rows;
  std::cout << "   diversity (of real digits)   distinct\n";
  const evaluation::Diversity* real = nullptr;
  for (const Outcome& outcome : outcomes) {
    if (outcome.samples == "real") {
      real = &outcome.diversity;
      continue;
    }
    std::cout << "digit " << outcome.digit << ", " << at_right(outcome.samples, 6) << " samples          ";
    std::vector<report::Cell> row{outcome.digit, outcome.samples};
    double mean_share = 0;
    for (const double share : outcome.recognised) {
      std::cout << at_right(with_decimals(100 * share, 0), 4) << " %";
      row.push_back(100 * share);
      mean_share += share;
    }
    std::cout << "   " << with_decimals(outcome.diversity.mean_distance, 3) << " ("
              << with_decimals(real->mean_distance, 3) << ")                "
              << at_right(std::to_string(outcome.diversity.distinct), 3) << " of 100 (" << real->distinct << ")\n";
    row.insert(row.end(), {outcome.diversity.mean_distance, real->mean_distance,
                           static_cast<long>(outcome.diversity.distinct), static_cast<long>(real->distinct)});
    rows.push_back(row);
    const std::string name = text(outcome.digit, "_", outcome.samples);
    print_figure("recognised_" + name, mean_share / static_cast<double>(radii.size()));
    print_figure("diversity_" + name, outcome.diversity.mean_distance / real->mean_distance);
  }
  run_report::table("Generated digits", heads, rows);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
