/// Finding what is unusual: an auto-encoder draws well what it has been trained on. Does it notice what it has never seen?
///
/// The task: ten trainings, each without one of the digits. Of the test digits, the error of the reconstruction is the score: a high one
/// says "I do not know this". How well does it part the digit that was left out from the nine others, and how many of it are found if
/// one in twenty of the others may be a false alarm?
///
/// What to look at:
///   auc.png     how well each digit is noticed when it has never been seen: 1 always, 0.5 as by chance. Which one is below?
///   roc.png     digits found over false alarms, for every threshold: the best digit, the worst and one between
///   errors.png  the errors of the digits that were seen and of the one that was not: where would you put the threshold?
///   images.png  digits that were never seen, and what the network makes of them
///
/// The second score is the error as a share of the image's own squares: of a digit with much ink an error weighs less.
///
/// Questions: A 1 that was never seen is drawn better than most digits that were: why? Why is a 9 hardly noticed? With more numbers in
/// the code the reconstructions get better; does the detection, too? Is there a score that is good for every digit?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Autoencoder = Sequential<Input<784>, Dense<128, ReLU>, Dense<32, ReLU>, Dense<128, ReLU>, Dense<784, Sigmoid>>;

/// What a network that has never seen a digit makes of the test images.
struct Outcome {
  int unseen;
  std::vector<double> errors;  ///< of each test image
  evaluation::RocCurve roc;    ///< of the errors
  double auc, auc_of_shares;   ///< its area, and that of the errors as a share of the image's squares
  double false_alarms, found;  ///< with a threshold that one in twenty of the training images is above
  Tensor<4> images, output;    ///< some of the digit
};

/// The images whose label meets a condition, as rows (number, 784).
template <class Condition>
Tensor<2> rows_where(const datasets::LabelledImages& data, Condition&& condition) {
  const auto numbers = datasets::where(data.labels, condition);
  check(!numbers.empty(), "found only one digit among ", data.labels.size(), " images");
  return datasets::as_rows(datasets::gather(data.images, numbers));
}

/// The share of some numbers that is above a threshold.
double share_above(const std::vector<double>& numbers, double threshold) {
  const auto above = std::count_if(numbers.begin(), numbers.end(), [&](double number) { return number > threshold; });
  return static_cast<double>(above) / static_cast<double>(numbers.size());
}

Outcome try_without(const Options& options, int unseen, const datasets::LabelledImages& train_data,
                    const datasets::LabelledImages& test_data) {
  const Tensor<2> seen = rows_where(train_data, [unseen](int label) { return label != unseen; });
  const Tensor<2> test = datasets::as_rows(test_data.images);
  Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
  GoingOn going_on(options, text("without_", unseen, "_"));
  compile(autoencoder, Adam{}, BinaryCrossentropy{})
      .fit(seen, seen,
           {.epochs = options.epochs,
            .batch_size = options.batch_size,
            .verbose = {},
            .callbacks = {&going_on},
            .seed = Seed{options.seed},
            .threads = options.threads});

  const Tensor<2> output = autoencoder.predict(test, options.threads), black = Tensor<2>(test.dimensions()).setZero();
  std::vector<double> errors = evaluation::squared_errors(output, test), shares = errors;
  const std::vector<double> squares = evaluation::squared_errors(test, black);
  std::vector<int> is_unseen;
  std::vector<double> of_seen, of_unseen;
  for (std::size_t n = 0; n < errors.size(); ++n) {
    shares[n] /= std::max(squares[n], 1e-12);
    is_unseen.push_back(test_data.labels[n] == unseen ? 1 : 0);
    (is_unseen[n] == 1 ? of_unseen : of_seen).push_back(errors[n]);
  }
  const Tensor<2> training_output = autoencoder.predict(seen, options.threads);
  const double threshold = evaluation::quantile(evaluation::squared_errors(training_output, seen), 0.95);
  const Tensor<2> some = first_of(rows_where(test_data, [unseen](int label) { return label == unseen; }), 10);
  return {unseen,
          errors,
          evaluation::roc_curve(is_unseen, errors),
          evaluation::roc_auc_score(is_unseen, errors),
          evaluation::roc_auc_score(is_unseen, shares),
          share_above(of_seen, threshold),
          share_above(of_unseen, threshold),
          datasets::as_images(some, 28, 28),
          datasets::as_images(autoencoder.predict(some, options.threads), 28, 28)};
}

/// How many images have which error, those of the digit that was left out apart from the others.
pictures::Image errors_of(const Outcome& outcome, const std::vector<int>& labels) {
  constexpr std::size_t bins = 25;
  const double last = std::max(evaluation::quantile(outcome.errors, 0.99), 1e-12);
  std::vector<double> at(bins), seen(bins), unseen(bins);
  for (std::size_t bin = 0; bin < bins; ++bin) at[bin] = (static_cast<double>(bin) + 0.5) * last / bins;
  const auto number = static_cast<double>(std::count(labels.begin(), labels.end(), outcome.unseen));
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const auto bin = static_cast<std::size_t>(outcome.errors[n] / last * bins);
    if (bin >= bins) continue;
    if (labels[n] == outcome.unseen)
      unseen[bin] += 1 / number;
    else
      seen[bin] += 1 / (static_cast<double>(labels.size()) - number);
  }
  return pictures::plot({{"digits that were seen", seen, at}, {text(outcome.unseen, ", never seen"), unseen, at}},
                        {.title = text("Never seen: ", outcome.unseen),
                         .x_label = "squared error of the reconstruction",
                         .y_label = "share of the images",
                         .width = 800,
                         .y_min = 0.0});
}

void show(const Options& options, const std::vector<Outcome>& outcomes, const std::vector<int>& test_labels) {
  std::vector<pictures::Bar> bars;
  std::vector<const Outcome*> by_area;
  for (const Outcome& outcome : outcomes) {
    bars.push_back({text("digit ", outcome.unseen), outcome.auc, 0});
    by_area.push_back(&outcome);
  }
  pictures::save_png(options.path("auc.png"),
                     pictures::bars(bars, {.title = "Is a digit noticed that was never seen?",
                                           .x_label = "area below the ROC curve (0.5: by chance)"}));

  std::stable_sort(by_area.begin(), by_area.end(), [](auto* a, auto* b) { return a->auc > b->auc; });
  const Outcome &best = *by_area.front(), &worst = *by_area.back();
  std::vector<pictures::Curve> curves;
  for (const Outcome* outcome : {&best, by_area[by_area.size() / 2], &worst})
    curves.push_back(
        {text("digit ", outcome->unseen), outcome->roc.true_positive_rate, outcome->roc.false_positive_rate});
  curves.push_back({"by chance", {0, 1}, {0, 1}});
  pictures::save_png(options.path("roc.png"),
                     pictures::plot(curves, {.title = "Found over false alarms",
                                             .x_label = "share of the other digits above the threshold",
                                             .y_label = "share of the digit above it"}));
  pictures::save_png(options.path("errors.png"),
                     pictures::beside({errors_of(best, test_labels), errors_of(worst, test_labels)}));
  const Index count = std::min(best.images.dimension(0), worst.images.dimension(0));
  pictures::save_png(options.path("images.png"),
                     pictures::grid({best.images, best.output, worst.images, worst.output}, count,
                                    {.title = "Digits that were never seen, and their reconstructions",
                                     .row_titles = {text("Noticed best: ", best.unseen), "Reconstruction",
                                                    text("Noticed worst: ", worst.unseen), "Reconstruction"}}));
}

void example(int argc, char** argv) {
  Options options{"anomaly_detection",
                  "Trains auto-encoders without one of the digits, and finds it by its error.",
                  {.epochs = 10, .batch_size = 128, .quick_epochs = 5}};
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const datasets::LabelledImages train = first_of(data.train, options.train);
  std::cout << Autoencoder(Seed{}, "autoencoder").summary();

  std::cout << "never seen   AUC of the error   of its share   false alarms   found\n";
  std::vector<Outcome> outcomes;
  std::vector<std::vector<report::Cell>> rows;
  double sum = 0;
  for (int digit = 0; digit < 10; ++digit) {
    outcomes.push_back(try_without(options, digit, train, data.test));
    const Outcome& outcome = outcomes.back();
    std::cout << at_right(std::to_string(digit), 10) << at_right(with_decimals(outcome.auc, 3), 19)
              << at_right(with_decimals(outcome.auc_of_shares, 3), 15)
              << at_right(with_decimals(100 * outcome.false_alarms, 1), 13) << " %"
              << at_right(with_decimals(100 * outcome.found, 0), 6) << " %" << std::endl;
    rows.push_back({digit, outcome.auc, outcome.auc_of_shares, 100 * outcome.false_alarms, 100 * outcome.found});
    sum += outcome.auc;
  }
  print_figure("auc_mean", sum / static_cast<double>(outcomes.size()));
  for (const Outcome& outcome : outcomes) print_figure(text("auc_", outcome.unseen), outcome.auc);
  run_report::table("Digits that were never seen",
                    {"digit", "AUC of the error", "AUC of its share", "false alarms, %", "found, %"}, rows);
  show(options, outcomes, data.test.labels);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
