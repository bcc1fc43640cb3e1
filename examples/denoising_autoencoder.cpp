/// A convolutional denoising auto-encoder.
///
/// The task: digits are covered with Gaussian noise; a network that only ever sees noisy digits learns to produce
/// clean ones. Encoder and decoder are separate models, combined into one; the code between them is 7 x 7 x 64.
///
/// What to look at:
///   noise.png     how much of a digit is left under noise 0.1 and under that of --noise
///   loss.png      does the validation loss still fall in the last epoch? does it leave the training loss?
///   training.png  a film: what comes first, the paper or the strokes? when does the network begin to guess?
///   denoised.png  strokes that the network closes, and strokes that it makes up
///
/// Variants: --decoder transpose enlarges with transposed convolutions, which learn how, instead of up-sampling.
/// --decoder dense is a linear encoder to 64 numbers and a dense decoder: what is all the convolution good for? --loss
/// both trains a second network with the mean squared error and compares: each by both measures. The names of that
/// network's figures and files begin with mse_.
///
/// The network for the squared error ends without a sigmoid. With one it turns black within the first steps and stays
/// so, in Keras as here: nearly all pixels are black, the network learns that first, and where a sigmoid gives 0 the
/// squared error has no slope that would lead back. Cross-entropy needs no such care: after a sigmoid its slope is
/// output - target.
///
/// Questions: Why binary cross-entropy for grey values? Which of the two losses gives the better picture by the other's
/// measure? With --noise 0.9? Does the network turn digits into others, and would you have read them? Ten are too few
/// to say which become which: denoising_levels counts them.

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/psnr.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/report/film.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Encoder = Sequential<Named<"input", Input<28, 28, 1>>,
                           Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                           Conv2D<64, 3, Same, ReLU>, Named<"encoded", MaxPooling2D<2, Same>>>;
template <class Output>
using UpSamplingDecoder = Sequential<Input<7, 7, 64>,
                                     Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                                     Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                                     Named<"decoded", Conv2D<1, 3, Same, Output>>>;
using TransposeDecoder = Sequential<Input<7, 7, 64>,
                                    Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                                    Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>,
                                    Named<"decoded", Conv2D<1, 3, Same, Sigmoid>>>;
using LinearEncoder = Sequential<Named<"input", Input<28, 28, 1>>, Flatten, Named<"encoded", Dense<64>>>;
using DenseDecoder = Sequential<Input<64>, Dense<784, Sigmoid>, Named<"decoded", Reshape<28, 28, 1>>>;

struct Digits {
  float noise;  // its standard deviation
  Tensor<4> clean_train, noisy_train, clean_test, noisy_test;
};

/// Trains a new auto-encoder from noisy to clean and shows what it makes of digits it has never seen, which it returns.
/// The names of figures and files begin with `prefix`, so that a second network does not overwrite those of the first.
template <class Autoencoder, class Loss>
Tensor<4> train_and_show(const Options& options, const Digits& digits, const Loss& loss, const std::string& decoder,
                         const std::string& prefix = "") {
  Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary() << "training with the loss " << Loss::name << std::endl;
  auto trainer = compile(autoencoder, Adam{}, loss);
  GoingOn going_on(options, prefix, true, Loss::name);
  const Tensor<4> noisy = first_of(digits.noisy_test, 10), clean = first_of(digits.clean_test, 10);
  Film film(options.path(prefix + "training.png"), [&] {
    return pictures::grid({noisy, autoencoder.predict(noisy, options.threads), clean}, 10,
                          {.title = text("Ten test images during the training, loss: ", Loss::name),
                           .row_titles = {"Noisy", "Denoised", "Clean"},
                           .scale = 2});
  });
  const History history = trainer.fit(digits.noisy_train, digits.clean_train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {digits.noisy_test, digits.clean_test},
                                       .callbacks = {&going_on, &film},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history, prefix);
  const Tensor<4> denoised = autoencoder.predict(digits.noisy_test, options.threads);
  pictures::save_png(
      options.path(prefix + "denoised.png"),
      pictures::grid({digits.noisy_test, denoised, digits.clean_test}, 10,
                     {.title = text("Gaussian noise ", digits.noise, ", decoder: ", decoder, ", loss: ", Loss::name),
                      .row_titles = {"Noisy", "Denoised", "Clean"}}));
  print_figure(prefix + "psnr_denoised", evaluation::mean(evaluation::psnr(denoised, digits.clean_test)));
  return denoised;
}

/// Both losses, each evaluated by both measures.
void compare(const Options& options, const Digits& digits, const Tensor<4>& of_bce, const Tensor<4>& of_mse) {
  const auto crossentropy = [&](const Tensor<4>& output) {
    double sum = 0;
    for (Index i = 0; i < output.size(); ++i) {
      const double y = std::clamp(static_cast<double>(output.data()[i]), 1e-7, 1 - 1e-7);
      const auto t = static_cast<double>(digits.clean_test.data()[i]);
      sum -= t * std::log(y) + (1 - t) * std::log(1 - y);
    }
    return sum / static_cast<double>(output.size());
  };
  print_figure("trained_with_bce_evaluated_by_bce", crossentropy(of_bce));
  print_figure("trained_with_mse_evaluated_by_bce", crossentropy(of_mse));
  print_figure("trained_with_bce_evaluated_by_mse", mean_squared_error(of_bce, digits.clean_test));
  print_figure("trained_with_mse_evaluated_by_mse", mean_squared_error(of_mse, digits.clean_test));
  pictures::save_png(options.path("losses.png"),
                     pictures::grid({digits.noisy_test, of_bce, of_mse, digits.clean_test}, 10,
                                    {.title = text("Two losses under Gaussian noise ", digits.noise),
                                     .row_titles = {"Noisy", "Trained with BCE", "Trained with MSE", "Clean"}}));
}

void example(int argc, char** argv) {
  float noise = 0.5f;
  std::string loss = "bce", decoder = "up_sampling";
  Options options{"denoising_autoencoder",
                  "Trains a convolutional auto-encoder to remove noise from digits.",
                  {.epochs = 10, .batch_size = 128}};
  options.add("--noise", noise, "standard deviation of the Gaussian noise");
  options.add("--decoder", decoder,
              "up_sampling, transpose (learnt enlargement), or dense: a linear encoder to 64 numbers and a dense "
              "decoder; the last two with --loss bce only",
              {"up_sampling", "transpose", "dense"});
  options.add("--loss", loss, "binary cross-entropy, mean squared error, or a comparison", {"bce", "mse", "both"});
  options.parse(argc, argv);
  check(loss == "bce" || decoder == "up_sampling", "--decoder ", decoder, " goes with --loss bce, received ", loss);

  // 1. The data: grey values in 0..1, and the same with noise.
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  Digits digits{noise, first_of(data.train.images, options.train), {}, data.test.images, {}};
  digits.noisy_train = add_gaussian_noise(digits.clean_train, noise, Seed{options.seed + 1});
  digits.noisy_test = add_gaussian_noise(digits.clean_test, noise, Seed{options.seed + 2});
  pictures::save_png(
      options.path("noise.png"),
      pictures::grid({digits.clean_test, add_gaussian_noise(digits.clean_test, 0.1, Seed{options.seed + 3}),
                      add_gaussian_noise(digits.clean_test, noise, Seed{options.seed + 3})},
                     3,
                     {.title = "Test images under Gaussian noise",
                      .column_titles = {"Original", "Noise 0.1", text("Noise ", noise)},
                      .by_column = true}));

  // 2. The network, its training, and what it makes of test digits.
  const BinaryCrossentropy bce;
  const MeanSquaredError mse;
  Tensor<4> of_bce, of_mse;
  if (loss != "bce")
    of_mse = train_and_show<Sequential<Encoder, UpSamplingDecoder<Linear>>>(options, digits, mse, decoder,
                                                                            loss == "both" ? "mse_" : "");
  if (loss != "mse" && decoder == "up_sampling")
    of_bce = train_and_show<Sequential<Encoder, UpSamplingDecoder<Sigmoid>>>(options, digits, bce, decoder);
  if (decoder == "transpose") train_and_show<Sequential<Encoder, TransposeDecoder>>(options, digits, bce, decoder);
  if (decoder == "dense") train_and_show<Sequential<LinearEncoder, DenseDecoder>>(options, digits, bce, decoder);
  if (loss == "both") compare(options, digits, of_bce, of_mse);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
