/// A variational auto-encoder: digits from two numbers.
///
/// The task: the encoder gives not a code but a distribution of codes, a mean and a variance for each of two numbers; one
/// code of it is drawn, and the decoder makes a digit of that. A second term of the loss, the Kullback-Leibler divergence,
/// keeps all these distributions close to N(0, 1), so that any two numbers near 0 are the code of something: the decoder
/// has become a generator. This is the example of the Keras documentation, on all 70,000 digits.
///
/// What to look at:
///   codes.png     where each digit lives; which are neighbours, which overlap
///   training.png  a film of the codes: when do the first two digits part, when the last?
///   manifold.png  what the decoder makes of every point of the plane: where does one digit become another?
///   points.png    digits at the five points that are marked in codes.png: what they should be, by the digits whose
///                 codes lie nearest, and what a classifier reads
///   loss.png, kl_loss.png   the reconstruction improves while the divergence grows: the code says more and more.
///                 (kl_loss is what is added to the loss, beta times the divergence; the figure divergence is the
///                 divergence itself, on the test digits, whatever beta is.)
///
/// Questions: What are the two terms of the loss in nats, and what would they be for a code that says nothing? What does
/// --beta 4 do to codes.png and to the digits, what --beta 0? Two digits share a place: which, and does --latent 8 help?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/io.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/report/film.hpp>
#include <sstream>

#include "support/digit_classifier.hpp"
#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

/// How much the divergence counts; known only when the program has read its options.
struct Weight {
  static inline float beta = 1;
  static double beta_at(const Call&) { return static_cast<double>(beta); }
};

template <Index size>
using Encoder = Sequential<Input<28, 28, 1>,
                           Conv2D<32, 3, Same, Strides<2>, ReLU>, Conv2D<64, 3, Same, Strides<2>, ReLU>,
                           Flatten, Named<"h", Dense<16, ReLU>>,
                           Named<"z_mean", Dense<size>>, From<"h">, Named<"z_log_var", Dense<size>>>;
template <Index size>
using Decoder = Sequential<Input<size>,
                           Dense<7 * 7 * 64, ReLU>, Reshape<7, 7, 64>,
                           Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                           Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>,
                           Conv2DTranspose<1, 3, Same, Sigmoid>>;

/// "-0.8,0.9 0.4,-2" as points (number, 2).
Tensor<2> parse_points(const std::string& words) {
  std::vector<double> numbers;
  std::istringstream in(words);
  for (std::string point; in >> point;) {
    double x = 0, y = 0;
    char comma = 0, rest = 0;
    std::istringstream pair(point);
    check(pair >> x >> comma >> y && comma == ',' && !(pair >> rest), "--points: expected x,y, received ", point);
    numbers.insert(numbers.end(), {x, y});
  }
  check(!numbers.empty(), "--points: expected at least one x,y");
  Tensor<2> points(static_cast<Index>(numbers.size() / 2), 2);
  std::copy(numbers.begin(), numbers.end(), points.data());
  return points;
}

/// Trains, and returns encoder and decoder, which share its parameters. Some test digits show how the plane comes about.
template <Index size>
auto learn(const Options& options, const Tensor<4>& digits, const datasets::LabelledImages& test) {
  Sequential<Encoder<size>, Sampling<BetaFrom<Weight>>, Decoder<size>> vae{Seed{options.seed}, "vae"};
  std::cout << vae.summary();
  ModelCheckpoint checkpoint(vae, options.path("weights.safetensors"));
  GoingOn going_on(options);
  std::vector<Callback*> callbacks{&going_on, &checkpoint};
  const datasets::LabelledImages seen = first_of(test, 1000);
  Film film(options.path("training.png"),
            [&] {
              return pictures::scatter(std::get<0>(vae.template part<0>().predict(seen.images, options.threads)),
                                       seen.labels,
                                       {.title = "Codes during the training",
                                        .width = 470,
                                        .height = 430,
                                        .point = 4,
                                        .least_x = {-3.5, 3.5},
                                        .least_y = {-3.5, 3.5}});
            },
            {.frames = 20});
  if constexpr (size == 2) callbacks.push_back(&film);
  const History history = compile(vae, Adam{}, SumOverPixels<BinaryCrossentropy>{})
                              .fit(digits, digits,
                                   {.epochs = options.epochs,
                                    .batch_size = options.batch_size,
                                    .callbacks = callbacks,
                                    .seed = Seed{options.seed},
                                    .threads = options.threads});
  save_training(options, vae, history);
  if (history.epochs() > 0) {
    pictures::save_png(options.path("loss.png"),
                       pictures::plot({{"reconstruction + divergence", history["loss"]},
                                       {"reconstruction", history["reconstruction_loss"]}},
                                      {.title = "Training loss", .x_label = "epoch", .y_label = "nats"}));
    const std::string title =
        text(Weight::beta == 1 ? "" : text(Weight::beta, " times the "), "divergence from N(0, 1)");
    pictures::save_png(options.path("kl_loss.png"),
                       pictures::plot(history, {.title = title, .y_label = "nats"}, "kl_loss"));
  }
  return std::pair{vae.template part<0>(), vae.template part<2>()};
}

/// Figures of the codes of the test digits: their divergence from N(0, 1) in nats, and the share of them that most of
/// their ten nearest neighbours tell right. Returns z_mean.
Tensor<2> evaluated(const std::tuple<Tensor<2>, Tensor<2>>& distributions, const std::vector<int>& labels) {
  const auto& [z_mean, z_log_var] = distributions;
  const Index digits = z_mean.dimension(0), size = z_mean.dimension(1);
  double divergence = 0;
  for (Index n = 0; n < digits; ++n)
    for (Index i = 0; i < size; ++i) {
      const double mean = z_mean(n, i), log_var = z_log_var(n, i);
      divergence += 0.5 * (mean * mean + std::exp(log_var) - 1 - log_var);
    }
  print_figure("divergence", divergence / static_cast<double>(digits));
  print_figure("neighbour_accuracy", evaluation::neighbour_accuracy(z_mean, labels));
  return z_mean;
}

/// The digits at some points of the plane: what they should be, and what they are read as.
void show_points(const Options& options, const Tensor<2>& points, const Tensor<4>& generated, const Tensor<2>& codes,
                 const std::vector<int>& labels, const DigitClassifier& classifier) {
  const std::vector<int> read = classifier.read(generated);
  std::vector<pictures::Mark> marks;
  std::vector<std::string> titles;
  std::vector<std::vector<report::Cell>> table;
  for (Index i = 0; i < points.dimension(0); ++i) {
    const evaluation::Neighbourhood near(codes, labels, &points(i, 0), 15);
    const std::string name = text("(", points(i, 0), ", ", points(i, 1), ")");
    const int digit = read[static_cast<std::size_t>(i)];
    std::cout << name << ": " << with_decimals(100 * near.share, 0) << " % of the 15 nearest codes are of a "
              << near.label << "; the classifier reads a " << digit << "\n";
    table.push_back({name, near.label, 100 * near.share, digit});
    marks.push_back({static_cast<double>(points(i, 0)), static_cast<double>(points(i, 1)), name});
    titles.push_back(text(name, ": near ", near.label, ", read ", digit));
  }
  run_report::table("Digits at points of the plane", {"point", "nearest codes", "% of 15", "classifier"}, table);
  pictures::save_png(options.path("codes.png"), pictures::scatter(codes, labels,
                                                                  {.title = "Codes of the test images (z_mean)",
                                                                   .x_label = "z[0]",
                                                                   .y_label = "z[1]",
                                                                   .width = 1100,
                                                                   .height = 950,
                                                                   .marks = marks}));
  pictures::save_png(options.path("points.png"),
                     pictures::grid({generated}, points.dimension(0),
                                    {.title = "Generated images", .column_titles = titles, .scale = 8}));
}

void example(int argc, char** argv) {
  std::string points = "-0.8,0.9 0.9,-0.9 0.9,1.5 0.4,-2 -0.3,0.5", size = "2", codes_file;
  bool quantiles = false;
  Options options{"variational_autoencoder",
                  "Trains a variational auto-encoder on digits and draws from it.",
                  {.epochs = 30, .batch_size = 128, .quick_train = 6000}};
  options.add("--beta", Weight::beta, "how much the divergence counts in the loss");
  options.add("--points", points, "points of the plane to be decoded, as \"x,y x,y\"");
  options.add("--latent", size, "numbers in the code; the pictures of the plane, --points and --quantiles are for 2",
              {"2", "8"});
  options.add("--quantiles", quantiles, "space the manifold by quantiles of the normal distribution");
  options.add("--codes", codes_file, "also write the codes of the test digits to this CSV file");
  options.may_change({"--points", "--quantiles", "--codes"});
  options.parse(argc, argv);
  const Tensor<2> chosen = parse_points(points);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> digits = first_of(datasets::concatenate(data.train.images, data.test.images), options.train);

  // For digits that nobody has written: the code is drawn from N(0, 1).
  const auto show_drawn = [&](const auto& decoder, Index numbers) {
    Tensor<2> drawn(100, numbers);
    for (Index i = 0; i < drawn.size(); ++i)
      drawn.data()[i] = static_cast<float>(Random(Seed{options.seed}, Purpose::test).normal(i));
    pictures::save_png(options.path("drawn.png"), pictures::sheet(decoder.predict(drawn, options.threads), 10, 10,
                                                                  {.title = "Decoded: codes drawn from N(0, 1)"}));
  };
  if (size == "8") {
    const auto [encoder, decoder] = learn<8>(options, digits, data.test);
    show_drawn(decoder, 8);
    const Tensor<2> codes = evaluated(encoder.predict(data.test.images, options.threads), data.test.labels);
    if (!codes_file.empty()) save_codes(codes_file, codes, data.test.labels);
    return;
  }

  const auto [encoder, decoder] = learn<2>(options, digits, data.test);
  show_drawn(decoder, 2);
  const Tensor<2> codes = evaluated(encoder.predict(data.test.images, options.threads), data.test.labels);
  if (!codes_file.empty()) save_codes(codes_file, codes, data.test.labels);
  const DigitClassifier classifier(options, data);
  show_points(options, chosen, decoder.predict(chosen, options.threads), codes, data.test.labels, classifier);

  const std::vector<double> axis = quantiles ? evaluation::normal_quantiles(30) : evaluation::evenly(30, -2, 2);
  pictures::SheetOptions sheet{.title = "The plane of codes, decoded", .x_label = "z[0]", .y_label = "z[1]"};
  if (quantiles)
    sheet.title += ", as close as codes are likely";
  else
    sheet.x = sheet.y = {axis.front(), axis.back()};
  pictures::save_png(options.path("manifold.png"),
                     pictures::sheet(decoder.predict(evaluation::plane(axis, axis), options.threads), 30, 30, sheet));
}

int main(int argc, char** argv) { return run(argc, argv, example); }
