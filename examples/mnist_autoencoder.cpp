/// The small convolutional auto-encoder: 7,265 parameters, digits in, the same digits out.
///
/// The task: 28 x 28 pixels go through a code of 7 x 7 x 16 and come back. Nothing forces the network to be clever: the
/// code has as many numbers as the picture. What to look at in reconstructions.png: thin strokes and sharp corners.
///
/// Questions: How many numbers would a code need at least? What does a pooling layer throw away, and which layer has to
/// guess it back?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/io/save_weights.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/options.hpp"

using namespace latent;

using Autoencoder = Sequential<Input<28, 28, 1>,
                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                               Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<1, 3, Same, Sigmoid>>;

void example(int argc, char** argv) {
  Options options{"mnist_autoencoder", "Trains a small convolutional auto-encoder on digits.",
                  {.epochs = 10, .batch_size = 128}};
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  std::cout << found.description << std::endl;
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;

  Autoencoder autoencoder{Seed{options.seed}};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
  const History history = trainer.fit(train, train,
                                      {.epochs = options.epochs, .batch_size = options.batch_size,
                                       .validation_data = {test, test}, .seed = Seed{options.seed},
                                       .threads = options.threads});
  history.save_csv(options.path("history.csv"));
  save_weights(options.path("weights.safetensors"), autoencoder);

  pictures::save_png(options.path("reconstructions.png"),
                     pictures::grid({test, autoencoder.predict(slice(test, 0, 10), options.threads)}, 10,
                                    {.title = "Test images", .row_titles = {"Original", "Reconstruction"}}));
  if (history.epochs() > 0) {
    pictures::save_png(options.path("loss.png"), pictures::plot(history));
    std::cout << "val_loss: " << history["val_loss"].back() << "\n";
  }
  std::cout << "written to " << options.out << ": reconstructions.png, loss.png, history.csv, weights.safetensors\n";
}

int main(int argc, char** argv) { return run(argc, argv, example); }
