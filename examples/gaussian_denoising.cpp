/// Gaussian noise of sigma 0.2 on every pixel, and a convolutional auto-encoder that removes it.
///
/// The task: 0.2 n, n normally distributed, is added to every pixel of every digit, and values outside 0...1 are cut off.
/// The network's inputs are noisy digits, its targets the clean ones; its code is 7 x 7 x 32.
///
/// What to look at:
///   denoised.png  for the first ten test digits: the input, the output, and the clean digit it never saw
///   loss.png      how much of the improvement comes in the first epoch?
///
/// Questions: The noise is cut off at 0 and 1: what is then the mean of a noisy black pixel, and what has the network
/// to know about it? PSNR before and after: how many decibels are gained, and what does that mean for the squared
/// error? The loss cannot reach 0 even for a perfect output: what is its lower bound, and how far is it away?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/psnr.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Autoencoder = Sequential<Input<28, 28, 1>,
                               Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                               Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,   // the code: 7 x 7 x 32
                               Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<1, 3, Same, Sigmoid>>;

/// No output can have a lower binary cross-entropy than the target itself: a pixel of grey value p costs its entropy,
/// -p log p - (1 - p) log(1 - p), which is 0 for black and white and log 2 for the grey in the middle.
double lowest_loss(const Tensor<4>& targets) {
  double sum = 0;
  for (Index i = 0; i < targets.size(); ++i) {
    const auto p = static_cast<double>(targets.data()[i]);
    if (p > 0 && p < 1) sum -= p * std::log(p) + (1 - p) * std::log(1 - p);
  }
  return sum / static_cast<double>(targets.size());
}

void example(int argc, char** argv) {
  float sigma = 0.2f;
  Options options{"gaussian_denoising",
                  "Trains a convolutional auto-encoder to remove light Gaussian noise.",
                  {.epochs = 15, .batch_size = 100}};
  options.add("--sigma", sigma, "standard deviation of the noise");
  options.parse(argc, argv);

  // 1. The data, clean and noisy.
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;
  const Tensor<4> noisy_train = add_gaussian_noise(train, sigma, Seed{options.seed + 1});
  const Tensor<4> noisy_test = add_gaussian_noise(test, sigma, Seed{options.seed + 2});

  // 2. The network, and its training from noisy to clean.
  Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
  GoingOn going_on(options);
  const History history = trainer.fit(noisy_train, train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {noisy_test, test},
                                       .callbacks = {&going_on},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history);

  // 3. What it makes of digits it has never seen.
  const Tensor<4> denoised = autoencoder.predict(noisy_test, options.threads);
  pictures::save_png(options.path("denoised.png"),
                     pictures::grid({noisy_test, denoised, test}, 10,
                                    {.title = text("Gaussian noise of ", sigma, " on every pixel"),
                                     .row_titles = {"Input", "Output", "Clean"}}));
  print_figure("psnr_noisy", evaluation::mean(evaluation::psnr(noisy_test, test)));
  print_figure("psnr_denoised", evaluation::mean(evaluation::psnr(denoised, test)));
  print_figure("lowest_possible_loss", lowest_loss(test));
}

int main(int argc, char** argv) { return run(argc, argv, example); }
