/// A convolutional denoising auto-encoder.
///
/// The task: digits are covered with Gaussian noise; a network that only ever sees noisy digits learns to give clean ones.
/// Encoder and decoder are built apart and put together; the code between them is 7 x 7 x 64.
///
/// What to look at:
///   noise.png     how much of a digit is left under noise 0.1 and 0.5
///   loss.png      does the validation loss still fall in the last epoch? does it leave the training loss?
///   denoised.png  strokes that the network closes, and strokes that it makes up
///
/// Questions: Why binary cross-entropy for grey values? What changes with --loss mse? With --noise 0.9? Which digits does
/// the network turn into others, and would you have read them?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/io/save_weights.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/options.hpp"

using namespace latent;

using Encoder = Sequential<Named<"input", Input<28, 28, 1>>,
                           Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                           Conv2D<64, 3, Same, ReLU>, Named<"encoded", MaxPooling2D<2, Same>>>;
using Decoder = Sequential<Input<7, 7, 64>,
                           Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                           Named<"decoded", Conv2D<1, 3, Same, Sigmoid>>>;

void example(int argc, char** argv) {
  float noise = 0.5f;
  std::string loss = "bce";
  Options options{"denoising_autoencoder", "Trains a convolutional auto-encoder to remove noise from digits.",
                  {.epochs = 10, .batch_size = 128}};
  options.add("--noise", noise, "standard deviation of the Gaussian noise");
  options.add("--loss", loss, "binary cross-entropy or mean squared error", {"bce", "mse"});
  options.parse(argc, argv);

  // 1. The data: grey values in 0..1, and the same with noise.
  const auto found = datasets::find_mnist(options.data);
  std::cout << found.description << std::endl;
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> clean_train = first_of(data.train.images, options.train), clean_test = data.test.images;
  const auto noisy_train = add_gaussian_noise(clean_train, noise, Seed{options.seed + 1});
  const auto noisy_test = add_gaussian_noise(clean_test, noise, Seed{options.seed + 2});
  pictures::save_png(options.path("noise.png"),
                     pictures::grid({clean_test, add_gaussian_noise(clean_test, 0.1, Seed{options.seed + 3}),
                                     add_gaussian_noise(clean_test, 0.5, Seed{options.seed + 3})},
                                    3, {.title = "Test images under Gaussian noise",
                                        .column_titles = {"Original", "Noise 0.1", "Noise 0.5"}, .by_column = true}));

  // 2. The network.
  Sequential<Encoder, Decoder> autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();

  // 3. Training, noisy -> clean, and how it went.
  const auto learn = [&](const auto& chosen_loss) {
    auto trainer = compile(autoencoder, Adam{}, chosen_loss);
    return trainer.fit(noisy_train, clean_train,
                       {.epochs = options.epochs, .batch_size = options.batch_size,
                        .validation_data = {noisy_test, clean_test}, .seed = Seed{options.seed}, .threads = options.threads});
  };
  const History history = loss == "bce" ? learn(BinaryCrossentropy{}) : learn(MeanSquaredError{});
  history.save_csv(options.path("history.csv"));
  save_weights(options.path("weights.safetensors"), autoencoder);

  // 4. What it makes of digits it has never seen.
  const auto denoised = autoencoder.predict(slice(noisy_test, 0, 10), options.threads);
  pictures::save_png(options.path("denoised.png"),
                     pictures::grid({noisy_test, denoised, clean_test}, 10,
                                    {.title = "Test images", .row_titles = {"Noisy", "Denoised", "Clean"}}));
  if (history.epochs() > 0) {
    pictures::save_png(options.path("loss.png"), pictures::plot(history));
    std::cout << "val_loss: " << history["val_loss"].back() << "\n";
  }
  std::cout << "written to " << options.out << ": noise.png, loss.png, denoised.png, history.csv, weights.safetensors\n";
}

int main(int argc, char** argv) { return run(argc, argv, example); }
