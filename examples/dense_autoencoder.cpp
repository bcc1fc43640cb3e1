/// The simplest auto-encoder: 784 pixels -> 32 numbers -> 784 pixels, one dense layer each way.
///
/// The task: squeeze a digit through a code of 32 numbers so that it can still be recognised afterwards. Encoder and
/// decoder are models of their own that share their layers with the auto-encoder: train the whole, then encode the test
/// digits with the one and decode the codes with the other.
///
/// What to look at:
///   reconstructions.png  digits above, their codes (32 numbers as 4 x 8 squares) between, reconstructions below;
///                        each code is stretched to black...white on its own, so brightness does not compare them
///   loss.png             training and validation loss: is there any overfitting with 50,992 parameters?
///
/// Variants: --sparse adds an L1 penalty on the code: a fifth of its numbers become 0, and the others twenty times
/// smaller. --deep has three layers each way.
///
/// Questions: Is 784 -> 32 really a compression by 24.5 (how many bits has a pixel, how many a number of the code)?
/// With --deep some numbers of the code are 0 for every digit: why do they never come back to life? What does --sparse
/// do to mean activation and loss, and which codes would you rather read? The deep network has four times the
/// parameters: is it four times better?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

template <class... CodeOptions>
using Shallow = Sequential<Sequential<Input<784>, Dense<32, ReLU, CodeOptions...>>,   // the encoder
                           Sequential<Input<32>, Dense<784, Sigmoid>>>;               // the decoder
using Sparse = Shallow<ActivityRegularizer<L1<1e-3>>>;
using Deep = Sequential<Sequential<Input<784>, Dense<128, ReLU>, Dense<64, ReLU>, Dense<32, ReLU>>,
                        Sequential<Input<32>, Dense<64, ReLU>, Dense<128, ReLU>, Dense<784, Sigmoid>>>;

/// How active the codes of some digits, (number, 32), are.
void describe(const Tensor<2>& codes) {
  double sum = 0, zeros = 0;
  int ever_active = 0;
  for (Index unit = 0; unit < codes.dimension(1); ++unit) {
    bool active = false;
    for (Index n = 0; n < codes.dimension(0); ++n) {
      sum += static_cast<double>(codes(n, unit));
      zeros += codes(n, unit) == 0 ? 1 : 0;
      active = active || codes(n, unit) > 0;
    }
    ever_active += active ? 1 : 0;
  }
  const auto size = static_cast<double>(codes.size());
  print_figure("code_mean_activation", sum / size);
  print_figure("code_share_of_zeros", zeros / size);
  print_figure("code_units_ever_active", ever_active);
}

template <class Autoencoder>
void train_and_show(const Options& options, const datasets::Dataset& data, const std::string& title) {
  const Tensor<2> train = datasets::as_rows(first_of(data.train.images, options.train)),
                  test = datasets::as_rows(data.test.images);

  Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
  GoingOn going_on(options);
  const History history = trainer.fit(train, train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {test, test},
                                       .callbacks = {&going_on},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history);

  // The two halves on their own: what they have learnt as parts of the whole.
  const auto encoder = autoencoder.template part<0>();
  const auto decoder = autoencoder.template part<1>();
  const Tensor<2> codes = encoder.predict(test, options.threads);
  const Tensor<2> decoded = decoder.predict(codes, options.threads);

  const Tensor<4> code_pictures = pictures::stretched(datasets::as_images(first_of(codes, 10), 4, 8));
  pictures::save_png(options.path("reconstructions.png"),
                     pictures::grid({data.test.images, code_pictures, datasets::as_images(decoded, 28, 28)}, 10,
                                    {.title = title, .row_titles = {"Original", "Code", "Reconstruction"}}));
  describe(codes);
}

void example(int argc, char** argv) {
  bool sparse = false, deep = false;
  Options options{"dense_autoencoder",
                  "Trains an auto-encoder of dense layers on digits.",
                  {.epochs = 50, .batch_size = 256, .quick_epochs = 5}};
  options.add("--sparse", sparse, "an L1 penalty of 1e-3 on the code");
  options.add("--deep", deep, "128-64-32-64-128 instead of 32");
  options.parse(argc, argv);
  check(!(sparse && deep), "expected --sparse or --deep, received both");

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  if (sparse)
    train_and_show<Sparse>(options, data, "784-32-784 with an L1 penalty on the code");
  else if (deep)
    train_and_show<Deep>(options, data, "784-128-64-32-64-128-784");
  else
    train_and_show<Shallow<>>(options, data, "784-32-784");
}

int main(int argc, char** argv) { return run(argc, argv, example); }
