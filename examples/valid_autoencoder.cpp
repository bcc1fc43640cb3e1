/// A code of 4 x 4 pixels, one 'valid' convolution, and an optimiser that adapts by itself.
///
/// The task: three poolings take 28 x 28 pixels down to 14, 7 and 4, for 7 / 2 is rounded up. Going back, up-sampling
/// makes 8 and 16 of the 4: too large for 14. A convolution *without* padding trims 16 -> 14, and the last up-sampling
/// gives 28.
///
/// What to look at:
///   reconstructions.png  the first ten test digits, their codes (16 maps of 4 x 4, put together), what came back
///   loss.png             Adagrad's steps only ever become smaller: how far has it come by the last epoch?
///
/// Adagrad and Adadelta run here with learning rates of 0.01 and 1.0, as Keras had them when these exercises were
/// written. Today's default is 0.001 for both. Adagrad divides by the root of *all* squared gradients so far, so its
/// steps shrink like 1 / sqrt(step): a rate that begins ten times smaller never makes up for it, and after 10 epochs
/// the loss is 0.21 instead of 0.13. Adadelta is made to need no rate at all, that is 1.0; with 0.001 it barely moves.
/// Try --learning-rate 0.001.
///
/// Variants: --architecture blog is the network of the Keras blog, 16-8-8 filters, with Adadelta.
///
/// Questions: Where do the shapes 7 -> 4 and 16 -> 14 come from? What would a 'same' convolution in place of the valid
/// one give, and what does the program say then? The code has 256 numbers (blog: 128), the dense auto-encoder's
/// 32: why are these reconstructions blurred all the same?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

template <int filters>
using Encoder = Sequential<Input<28, 28, 1>,
                           Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,         // 14 x 14 x 16
                           Conv2D<filters, 3, Same, ReLU>, MaxPooling2D<2, Same>,    //  7 x  7 x filters
                           Conv2D<filters, 3, Same, ReLU>, MaxPooling2D<2, Same>>;   //  4 x  4 x filters
template <int filters>
using Decoder = Sequential<Input<4, 4, filters>,
                           Conv2D<filters, 3, Same, ReLU>, UpSampling2D<2>,          //  8 x  8 x filters
                           Conv2D<filters, 3, Same, ReLU>, UpSampling2D<2>,          // 16 x 16 x filters
                           Conv2D<16, 3, Valid, ReLU>, UpSampling2D<2>,              // 14 x 14 x 16, 28 x 28 x 16
                           Conv2D<1, 3, Same, Sigmoid>>;

template <int filters, class Optimizer>
void train_and_show(const Options& options, const Optimizer& optimizer) {
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;

  Sequential<Encoder<filters>, Decoder<filters>> autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, optimizer, BinaryCrossentropy{});
  GoingOn going_on(options);
  const History history = trainer.fit(train, train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {test, test},
                                       .callbacks = {&going_on},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history);

  const Tensor<4> digits = slice(test, 0, 10);
  const Tensor<4> codes = autoencoder.template part<0>().predict(digits, options.threads);
  const Tensor<4> decoded = autoencoder.template part<1>().predict(codes, options.threads);
  pictures::save_png(
      options.path("reconstructions.png"),
      pictures::grid(
          {digits, pictures::stretched(pictures::channels_side_by_side(codes, 4)), decoded}, 10,
          {.title = text("A code of 4 x 4 x ", filters), .row_titles = {"Original", "Code", "Reconstruction"}}));
}

void example(int argc, char** argv) {
  std::string architecture = "valid";
  float learning_rate = 0;
  Options options{"valid_autoencoder",
                  "Trains a convolutional auto-encoder with a code of 4 x 4 on digits.",
                  {.epochs = 10, .batch_size = 100}};
  options.add("--architecture", architecture, "16-16-16 filters and Adagrad, or the Keras blog's 16-8-8 and Adadelta",
              {"valid", "blog"});
  options.add("--learning-rate", learning_rate, "0: 0.01 for Adagrad, 1.0 for Adadelta");
  options.parse(argc, argv);
  const auto rate_or = [&](double usual) { return learning_rate > 0 ? static_cast<double>(learning_rate) : usual; };

  if (architecture == "valid")
    train_and_show<16>(options, Adagrad{.learning_rate = rate_or(0.01)});
  else
    train_and_show<8>(options, Adadelta{.learning_rate = rate_or(1.0)});
}

int main(int argc, char** argv) { return run(argc, argv, example); }
