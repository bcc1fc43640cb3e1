/// A conditional variational auto-encoder: the digit is asked for, the code is left with its style.
///
/// The task: encoder and decoder are both told the label, as ten numbers of which one is 1. The code then need not say
/// which digit it is; it is free for what digits have in common: slant, width, thickness. Decoded with another label,
/// the same code gives another digit in the same hand.
///
/// What to look at:
///   digits.png      a row for each label, a column for each code on the diagonal z[0] = z[1]: is a column in one hand?
///   plane_of_3.png  the whole plane of codes under one label: what changes to the right, what upwards?
///   codes.png       the codes of the test digits: without labels every digit has a place of its own, here they all
///                   share one
///   the figures     how many of the digits in digits.png the classifier reads as the digit that was asked for
///
/// The validation loss lies below the training loss: validation decodes the mean of each distribution, training a draw
/// from it.
///
/// Questions: The label joins the picture at the input and the code at the decoder: what happens if the encoder is not
/// told? Which two styles do the two numbers of the code stand for? What does a label of (0.5, 0.5, 0, ...) give?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/digit_classifier.hpp"
#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

// Encoder and decoder have two inputs each: a picture or a code, and the label, which in the whole model is one Input.
using Encoder = Sequential<Named<"image", Input<784>>, Named<"label", Input<10>>,
                           From<"image">, Concatenate<"label">, Named<"h", Dense<512, ReLU>>,
                           Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>;
using Decoder = Sequential<Named<"z", Input<2>>, Named<"label", Input<10>>,
                           From<"z">, Concatenate<"label">, Dense<512, ReLU>, Dense<784, Sigmoid>>;
using Cvae = Sequential<Encoder, Sampling<>, Decoder>;

void example(int argc, char** argv) {
  Options options{"conditional_vae",
                  "Trains a variational auto-encoder that is told the digit.",
                  {.epochs = 20, .batch_size = 128, .quick_epochs = 8}};
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const datasets::LabelledImages some = first_of(data.train, options.train);
  const Tensor<2> train = datasets::as_rows(some.images), labels = datasets::to_categorical(some.labels, 10);
  const Tensor<2> test = datasets::as_rows(data.test.images),
                  test_labels = datasets::to_categorical(data.test.labels, 10);

  Cvae cvae{Seed{options.seed}, "cvae"};
  std::cout << cvae.summary();
  GoingOn going_on(options);
  const History history = compile(cvae, Adam{}, SumOverPixels<BinaryCrossentropy>{})
                              .fit({train, labels}, train,
                                   {.epochs = options.epochs,
                                    .batch_size = options.batch_size,
                                    .validation_data = {{test, test_labels}, test},
                                    .callbacks = {&going_on},
                                    .seed = Seed{options.seed},
                                    .threads = options.threads});
  save_training(options, cvae, history);

  const Decoder decoder = cvae.part<2>();
  const auto decode = [&](const Tensor<2>& codes, const std::vector<int>& digits) {
    return datasets::as_images(decoder.predict({codes, datasets::to_categorical(digits, 10)}, options.threads), 28, 28);
  };

  // The same fifteen codes under each label, from one corner of the plane to the other.
  constexpr Index columns = 15;
  const std::vector<double> line = evaluation::normal_quantiles(columns);
  Tensor<2> codes(10 * columns, 2);
  std::vector<int> asked;
  std::vector<std::string> row_titles, column_titles;
  for (int label = 0; label < 10; ++label) row_titles.push_back(text(label));
  for (const double z : line) column_titles.push_back(text(std::round(10 * z) / 10));
  for (Index i = 0; i < 10 * columns; ++i) {
    codes(i, 0) = codes(i, 1) = static_cast<float>(line[static_cast<std::size_t>(i % columns)]);
    asked.push_back(static_cast<int>(i / columns));
  }
  const Tensor<4> digits = decode(codes, asked);
  pictures::save_png(options.path("digits.png"),
                     pictures::rows_of(digits, columns,
                                       {.title = "A row for each label, a column for each z[0] = z[1]",
                                        .row_titles = row_titles,
                                        .column_titles = column_titles}));

  // All codes of the plane under one label.
  const std::vector<double> axis = evaluation::evenly(columns, -2, 2);
  const Tensor<4> threes = decode(evaluation::plane(axis, axis), std::vector<int>(columns * columns, 3));
  pictures::save_png(options.path("plane_of_3.png"),
                     pictures::sheet(threes, columns, columns,
                                     {.title = "The plane of codes, decoded with the label 3",
                                      .x_label = "z[0]",
                                      .y_label = "z[1]",
                                      .x = {-2, 2},
                                      .y = {-2, 2}}));

  const DigitClassifier classifier(options, data);
  print_figure("read_as_asked", evaluation::ConfusionTable(asked, classifier.read(digits)).accuracy());

  const auto [means, log_vars] = cvae.part<0>().predict({test, test_labels}, options.threads);
  pictures::save_png(options.path("codes.png"),
                     pictures::scatter(means, data.test.labels,
                                       {.title = "Codes of the test images, whose labels the encoder knows",
                                        .x_label = "z[0]",
                                        .y_label = "z[1]",
                                        .width = 1000,
                                        .height = 900}));
}

int main(int argc, char** argv) { return run(argc, argv, example); }
