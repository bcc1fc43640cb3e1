/// The small convolutional auto-encoder: 7,265 parameters, digits in, the same digits out.
///
/// The task: 28 x 28 pixels go through a code of 7 x 7 x 16 and come back. Nothing forces the network to be clever: the
/// code has as many numbers as the picture.
///
/// What to look at:
///   reconstructions.png  thin strokes and sharp corners; with --noise also the clean digits the network never saw
///   code.png             the 16 maps of 7 x 7 for one digit: each is the digit once more, seen by another filter
///   loss.png             where the validation loss stops falling
///
/// Variants: --output relu ends in a ReLU instead of a sigmoid, as one course sheet has it. A ReLU's 0 and everything
/// above 1 are no probabilities: Keras cuts them off at 1e-7 from 0 and 1, beyond which the loss has no slope. Pixels
/// that are exactly 0 learn nothing any more, and just above 0 the slope is up to ten million: single pixels throw the
/// network back. So the norm of all gradients together is clipped (--global-clipnorm 0 shows what happens otherwise).
/// --noise 0.7 puts Gaussian noise on the input and keeps the clean digit as the target.
///
/// Questions: How many numbers would a code need at least? What does a pooling layer throw away, and which layer has to
/// guess it back? Why is --output relu worse than a sigmoid, and would it be with the squared error?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Encoder = Sequential<Input<28, 28, 1>,
                           Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                           Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>>;
template <class Output>
using Decoder = Sequential<Input<7, 7, 16>,
                           Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<1, 3, Same, Output>>;

template <class Output>
void train_and_show(const Options& options, const std::string& output, float noise, float global_clipnorm) {
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;

  const auto input = [&](const Tensor<4>& images, std::uint64_t number) {
    return noise > 0 ? add_gaussian_noise(images, noise, Seed{options.seed + number}) : images;
  };
  const Tensor<4> train_input = input(train, 1), test_input = input(test, 2);

  Sequential<Encoder, Decoder<Output>> autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  Adam adam;
  // The slope of the loss near a ReLU's 0 is up to ten million: single pixels would rule the steps.
  if (std::is_same_v<Output, ReLU>) adam.global_clipnorm = global_clipnorm;
  auto trainer = compile(autoencoder, adam, BinaryCrossentropy{});
  GoingOn going_on(options);
  const History history = trainer.fit(train_input, train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {test_input, test},
                                       .callbacks = {&going_on},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history);

  const Tensor<4> digits = slice(test_input, 0, 10);
  const Tensor<4> codes = autoencoder.template part<0>().predict(digits, options.threads);
  const Tensor<4> decoded = autoencoder.template part<1>().predict(codes, options.threads);
  std::vector<pictures::ImageBatch> rows{digits, decoded};
  std::vector<std::string> row_titles{"Original", "Reconstruction"};
  if (noise > 0) rows.push_back(test), row_titles = {"Noisy", "Denoised", "Clean"};
  pictures::save_png(
      options.path("reconstructions.png"),
      pictures::grid(rows, 10, {.title = text("Output: ", output, ", noise ", noise), .row_titles = row_titles}));
  pictures::save_png(options.path("code.png"),
                     pictures::rows_of(pictures::stretched(pictures::channels_as_images(slice(codes, 0, 1))), 8,
                                       {.title = "The code of the first digit: 16 maps of 7 x 7"}));
}

void example(int argc, char** argv) {
  std::string output = "sigmoid";
  float noise = 0, global_clipnorm = 0.05f;
  Options options{
      "mnist_autoencoder", "Trains a small convolutional auto-encoder on digits.", {.epochs = 10, .batch_size = 128}};
  options.add("--output", output, "activation of the last layer", {"sigmoid", "relu"});
  options.add("--noise", noise, "standard deviation of the noise on the input");
  options.add("--global-clipnorm", global_clipnorm, "largest norm of all gradients together for relu; 0: any");
  options.parse(argc, argv);
  if (output == "sigmoid")
    train_and_show<Sigmoid>(options, output, noise, global_clipnorm);
  else
    train_and_show<ReLU>(options, output, noise, global_clipnorm);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
