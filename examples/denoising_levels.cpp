/// How much noise is too much? The small denoising auto-encoder at noise 0.5, 0.7 and 0.9.
///
/// The task: one model for each level, trained from noisy to clean. Then not the eye but a classifier says what is
/// still a digit: it learns from clean digits, and is shown the noisy and the denoised ones of each level.
///
/// What to look at:
///   digits.png               ten digits before and after, at each level
///   loss.png                 validation loss of the three models over the epochs
///   confusion_noise_0.9.png  which digits become which others when they come out of the strongest noise
///
/// The classifier has never seen noise, so on noisy digits it is worse than anyone who reads them: the figures compare
/// the denoised digits with the clean ones, not with what people can do.
///
/// Questions: The loss goes from 0.10 to 0.16, which says little; how many digits are lost between the levels? Which
/// pairs are confused at 0.9, and is it the network or the noise that destroys what tells them apart? The noise is cut
/// off at 0 and 1: how many pixels of a 0.9-noisy picture are exactly black or white?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Autoencoder = Sequential<Input<28, 28, 1>,
                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                               Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<1, 3, Same, Sigmoid>>;
using Classifier = Sequential<Input<28, 28, 1>,
                              Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                              Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                              Flatten, Dense<10, Softmax>>;

void example(int argc, char** argv) {
  Options options{"denoising_levels",
                  "Trains a denoising auto-encoder for each of three levels of noise.",
                  {.epochs = 10, .batch_size = 128}};
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;
  const Tensor<1> labels = datasets::as_tensor(data.train.labels), test_labels = datasets::as_tensor(data.test.labels);

  // 1. Somebody who can read digits: a classifier, trained on clean ones.
  Classifier classifier{Seed{options.seed}, "classifier"};
  auto teacher = compile(classifier, Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
  GoingOn going_on_with_it(options, "classifier_");
  teacher.fit(train, first_of(labels, options.train),
              {.epochs = std::min(options.epochs, 3),
               .batch_size = options.batch_size,
               .validation_data = {test, test_labels},
               .callbacks = {&going_on_with_it},
               .seed = Seed{options.seed},
               .threads = options.threads});
  const auto read = [&](const Tensor<4>& images) {
    return evaluation::ConfusionTable(data.test.labels,
                                      evaluation::most_probable(classifier.predict(images, options.threads)));
  };
  print_figure("accuracy_clean", read(test).accuracy());

  // 2. A model for each level of noise.
  std::cout << Autoencoder{Seed{options.seed}, "autoencoder"}.summary();
  History all;  // the losses of all levels
  std::vector<pictures::Curve> curves;
  std::vector<Tensor<4>> shown;
  std::vector<std::string> row_titles;
  for (const double noise : {0.5, 0.7, 0.9}) {
    const Tensor<4> noisy_train = add_gaussian_noise(train, noise, Seed{options.seed + 1});
    const Tensor<4> noisy_test = add_gaussian_noise(test, noise, Seed{options.seed + 2});
    Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
    auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
    std::cout << "noise " << noise << std::endl;
    GoingOn going_on(options, text("noise_", noise, "_"));
    const History history = trainer.fit(noisy_train, train,
                                        {.epochs = options.epochs,
                                         .batch_size = options.batch_size,
                                         .validation_data = {noisy_test, test},
                                         .callbacks = {&going_on},
                                         .seed = Seed{options.seed},
                                         .threads = options.threads});
    save_model(options.path(text("weights_noise_", noise, ".safetensors")), autoencoder);
    for (const auto& [name, values] : history.history) all.history[text(name, "_", noise)] = values;
    all.save_csv(options.path("history.csv"));

    // 3. What comes out, and what is read in it.
    const Tensor<4> denoised = autoencoder.predict(noisy_test, options.threads);
    shown.push_back(slice(noisy_test, 0, 10));
    shown.push_back(slice(denoised, 0, 10));
    row_titles.insert(row_titles.end(), {text("Noise ", noise), "Denoised"});
    const evaluation::ConfusionTable table = read(denoised);
    std::cout << "Denoised digits under the classifier, noise " << noise << ":\n" << table.text();
    pictures::save_png(options.path(text("confusion_noise_", noise, ".png")),
                       pictures::heat_map(table.as_tensor(), {.title = text("What is read after noise ", noise),
                                                              .row_title = "true digit",
                                                              .column_title = "read as"}));
    print_figure(text("accuracy_noisy_", noise), read(noisy_test).accuracy());
    print_figure(text("accuracy_denoised_", noise), table.accuracy());
    if (history.epochs() == 0) continue;
    curves.push_back({text("noise ", noise), history["val_loss"]});
    print_figure(text("val_loss_", noise), history["val_loss"].back());
  }

  shown.push_back(slice(test, 0, 10));
  row_titles.push_back("Clean");
  pictures::save_png(options.path("digits.png"),
                     pictures::grid({shown.begin(), shown.end()}, 10,
                                    {.title = "One model for each level of noise", .row_titles = row_titles}));
  if (!curves.empty())
    pictures::save_png(
        options.path("loss.png"),
        pictures::plot(curves,
                       {.title = "Validation loss at three levels of noise", .x_label = "epoch", .y_label = "loss"}));
}

int main(int argc, char** argv) { return run(argc, argv, example); }
