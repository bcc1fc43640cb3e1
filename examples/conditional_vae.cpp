/// A conditional variational auto-encoder: the digit is asked for, the code is left with its style.
///
/// The task: encoder and decoder are both told the label, as ten numbers of which one is 1. The code then need not say
/// which digit it is; it is free for what digits have in common: slant, width, thickness. Decoded with another label, the
/// same code gives another digit in the same hand.
///
/// What to look at:
///   digits.png   a row for each label, a column for each code: is a column in one hand?
///   codes.png    the codes of the test digits: without labels every digit has a place of its own, here they all share
///                one
///   the figures  how many of the drawn digits the classifier reads as the digit that was asked for
///
/// Questions: The label joins the picture at the input and the code at the decoder: what happens if the encoder is not
/// told? Which two styles do the two numbers of the code stand for? What does a label of (0.5, 0.5, 0, ...) give?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/digit_classifier.hpp"
#include "support/results.hpp"

using namespace latent;

// A fork hands the label on beside what is computed; Sampling passes on what follows z_mean and z_log_var.
using Encoder = Sequential<Input<784 + 10>, Fork<Dense<512, ReLU>, Channels<784, 10>>,
                           Fork<Named<"z_mean", Dense<2>>, Named<"z_log_var", Dense<2>>, Channels<512, 10>>>;
using Decoder = Sequential<Input<2 + 10>, Dense<512, ReLU>, Dense<784, Sigmoid>>;
using Cvae = Sequential<Encoder, Sampling<2>, Decoder>;

/// Each row of `left` with the ten numbers of its label behind it.
Tensor<2> with_labels(const Tensor<2>& left, const std::vector<int>& labels) {
  const Index size = left.dimension(1);
  Tensor<2> rows(left.dimension(0), size + 10);
  rows.setZero();
  for (Index n = 0; n < left.dimension(0); ++n) {
    std::copy_n(&left(n, 0), size, &rows(n, 0));
    rows(n, size + labels[static_cast<std::size_t>(n)]) = 1;
  }
  return rows;
}

void example(int argc, char** argv) {
  Options options{"conditional_vae", "Trains a variational auto-encoder that is told the digit.",
                  {.epochs = 20, .batch_size = 128, .quick_epochs = 8}};
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  std::cout << found.description << std::endl;
  const datasets::Dataset data = datasets::load(found);
  const Tensor<2> train = first_of(as_rows(data.train.images), options.train), test = as_rows(data.test.images);

  Cvae cvae{Seed{options.seed}, "cvae"};
  std::cout << cvae.summary();
  const Tensor<2> labelled = with_labels(train, data.train.labels), labelled_test = with_labels(test, data.test.labels);
  const History history = compile(cvae, Adam{}, SumOverPixels<BinaryCrossentropy>{})
                              .fit(labelled, train, {.epochs = options.epochs,
                                                     .batch_size = options.batch_size,
                                                     .validation_data = {labelled_test, test},
                                                     .seed = Seed{options.seed},
                                                     .threads = options.threads});
  save_training(options, cvae, history);

  // The same fifteen codes under each label.
  const Decoder decoder = cvae.part<2>();
  constexpr Index columns = 15;
  const std::vector<double> line = normal_quantiles(columns);
  Tensor<2> codes(10 * columns, 2);
  std::vector<int> asked;
  for (Index i = 0; i < 10 * columns; ++i) {
    // From one corner of the plane to the other.
    codes(i, 0) = static_cast<float>(line[static_cast<std::size_t>(i % columns)]);
    codes(i, 1) = codes(i, 0);
    asked.push_back(static_cast<int>(i / columns));
  }
  const Tensor<4> digits = as_images(decoder.predict(with_labels(codes, asked), options.threads), 28, 28);
  pictures::save_png(options.path("digits.png"),
                     pictures::sheet(digits, 10, columns, {.title = "A row for each label, a column for each code"}));

  const DigitClassifier classifier(options, data);
  print_figure("read_as_asked", ConfusionTable(asked, classifier.read(digits)).accuracy());

  const Tensor<2> heads = cvae.part<0>().predict(labelled_test, options.threads);
  Tensor<2> means(heads.dimension(0), 2);
  for (Index n = 0; n < heads.dimension(0); ++n) means(n, 0) = heads(n, 0), means(n, 1) = heads(n, 1);
  pictures::ScatterOptions scatter;
  scatter.title = "Codes of the test digits, whose labels the encoder knows";
  scatter.x_label = "z[0]", scatter.y_label = "z[1]", scatter.width = 1000, scatter.height = 900;
  pictures::save_png(options.path("codes.png"), pictures::scatter(means, data.test.labels, scatter));
  std::cout << "written to " << options.out << ": digits.png, codes.png, loss.png, history.csv, weights.safetensors\n";
}

int main(int argc, char** argv) { return run(argc, argv, example); }
