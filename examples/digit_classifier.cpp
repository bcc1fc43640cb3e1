/// A classifier of digits: which digit is it?
///
/// The task: a small convolutional network learns to read digits. A tenth of the training digits is set aside for
/// validation. It decides when the learning rate falls and when the training stops; the weights of its best epoch are
/// kept. The test digits are looked at once, at the end.
///
/// What to look at:
///   loss.png      where do the losses of training and validation part? which epoch is kept, and why is it not the last?
///   confusion.png which digits are taken for which others?
///   mistakes.png  the ten mistakes of which the network is most certain: could you have read these digits?
///
/// Variants: --decay cosine lowers the learning rate along a cosine from the first step to the last; --decay none keeps
/// it. --patience is the number of epochs without a better validation loss after which the training stops.
///
/// Questions: Dropout is off in the validation, and on in training: which of the two losses should be the lower one? Why are
/// there validation digits, if there are test digits? The accuracy still rises where the validation loss no longer falls:
/// how can that be? What does the network answer to a picture of noise, and how sure is it?
///
/// The network is that of https://keras.io/examples/vision/mnist_convnet/.

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/confusion_table.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Classifier = Sequential<Input<28, 28, 1>,
                              Conv2D<32, 3, ReLU>, MaxPooling2D<2>,
                              Conv2D<64, 3, ReLU>, MaxPooling2D<2>,
                              Flatten, Dropout<0.5>, Dense<10, Softmax>>;

/// The ten mistakes that the network is surest of.
void show_mistakes(const Options& options, const datasets::LabelledImages& test, const Tensor<2>& probabilities,
                   const std::vector<int>& predictions) {
  std::vector<Index> mistakes;
  for (Index n = 0; n < test.images.dimension(0); ++n)
    if (predictions[static_cast<std::size_t>(n)] != test.labels[static_cast<std::size_t>(n)]) mistakes.push_back(n);
  const auto sureness = [&](Index n) { return probabilities(n, predictions[static_cast<std::size_t>(n)]); };
  std::stable_sort(mistakes.begin(), mistakes.end(), [&](Index a, Index b) { return sureness(a) > sureness(b); });
  mistakes.resize(std::min<std::size_t>(mistakes.size(), 10));
  if (mistakes.empty()) return;

  std::vector<std::string> titles;
  for (const Index n : mistakes)
    titles.push_back(text(test.labels[static_cast<std::size_t>(n)], " as ", predictions[static_cast<std::size_t>(n)]));
  const auto count = static_cast<Index>(mistakes.size());
  const Tensor<4> images = datasets::gather(test.images, mistakes);
  pictures::save_png(
      options.path("mistakes.png"),
      pictures::grid({images}, count,
                     {.title = "The surest mistakes: a digit, and what it was read as", .column_titles = titles}));
}

void example(int argc, char** argv) {
  int patience = 3;
  std::string decay = "plateau";
  Options options{
      "digit_classifier", "Trains a convolutional network to read digits.", {.epochs = 30, .batch_size = 128}};
  options.add("--patience", patience, "epochs without a better validation loss before the training stops");
  options.add("--decay", decay,
              "how the learning rate falls: to a third after an epoch that is no better, along a cosine, or not at all",
              {"plateau", "cosine", "none"});
  options.parse(argc, argv);

  // 1. The data: for training, for validation, and for the test at the end.
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const auto [train, validation] = datasets::split(first_of(data.train, options.train), 0.1, Seed{options.seed});

  // 2. The network, and its training. The labels are the targets; the loss takes the numbers of classes.
  Classifier classifier{Seed{options.seed}, "classifier"};
  std::cout << classifier.summary();
  const double steps = options.epochs * std::ceil(static_cast<double>(train.labels.size()) / options.batch_size);
  const LearningRate rate = decay == "cosine" ? LearningRate(CosineDecay{0.001, steps}) : LearningRate(0.001);
  auto trainer = compile(classifier, Adam{.learning_rate = rate}, SparseCategoricalCrossentropy{}, Accuracy{});
  EarlyStopping early{{.patience = patience, .restore_best_weights = true}};
  ReduceLROnPlateau reduce{{.factor = 1.0 / 3, .patience = 1}};
  GoingOn going_on(options);
  std::vector<Callback*> callbacks{&early, &going_on};
  if (decay == "plateau") callbacks.push_back(&reduce);
  const History history = trainer.fit(train.images, datasets::as_tensor(train.labels),
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {validation.images, datasets::as_tensor(validation.labels)},
                                       .callbacks = callbacks,
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, classifier, history);
  print_figure("best_epoch", early.best_epoch + 1);

  // 3. What it makes of digits that had no part in the training.
  const Tensor<2> probabilities = classifier.predict(data.test.images, options.threads);
  const std::vector<int> predictions = evaluation::most_probable(probabilities);
  const evaluation::ConfusionTable table(data.test.labels, predictions);
  std::cout << table;
  pictures::save_png(
      options.path("confusion.png"),
      pictures::heat_map(table.as_tensor(),
                         {.title = "What the test images are read as", .row_title = "is", .column_title = "read as"}));
  show_mistakes(options, data.test, probabilities, predictions);
  print_figure("test_loss", trainer.evaluate(data.test.images, datasets::as_tensor(data.test.labels), options.threads));
  print_figure("test_accuracy", table.accuracy());
}

int main(int argc, char** argv) { return run(argc, argv, example); }
