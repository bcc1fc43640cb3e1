/// The small convolutional auto-encoder on clothes, and whether it removes noise that it was never trained to remove.
///
/// The task: first the plain auto-encoder on Fashion-MNIST, clothes in, the same clothes out, with a code of
/// 7 x 7 x 16. Then noise is put on the *test* images only, and the same network is used as a denoiser. Does squeezing
/// through the code take the noise away?
///
/// What to look at:
///   reconstructions.png  prints and seams against outlines: what survives the code?
///   as_denoiser.png      clothes under noise 0.1, 0.3, 0.5, and what the plain auto-encoder makes of them
///   squared_error.png    squared error of the noisy images and of the output, over the noise: where do they cross?
///
/// What the figures say: from noise 0.15 or so on the output is nearer to the clean clothes than the noisy image is,
/// but then so is the mean of 3 x 3 pixels, which has learnt nothing. The network passes on what its small code cannot
/// help but blur; it makes no clothes out of noise, it makes patches. A network that is to denoise has to be trained on
/// noise, as denoising_autoencoder is. The line 'conclusion' of the output says it in numbers.
///
/// Questions: Why does the loss end at 0.26 where digits end at 0.07? (How many pixels are grey?) Which numbers would
/// the code have to lose for noise not to fit through it? Try the dense auto-encoder's 32 numbers on noisy digits.

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/psnr.hpp>
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

/// Uses the network, trained on clean images, on noisy ones.
void try_as_denoiser(const Options& options, const Autoencoder& autoencoder, const Tensor<4>& test) {
  const std::vector<double> levels{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7};
  const Sequential<Input<28, 28, 1>, AveragePooling2D<3, Same, Strides<1>>> mean_of_3x3;  // a denoiser without learning
  std::vector<double> before, after, blurred;
  std::vector<Tensor<4>> shown;
  std::cout << "noise: squared error of the noisy images, of the output, of the mean of 3 x 3 pixels\n";
  for (const double level : levels) {
    const Tensor<4> noisy = add_gaussian_noise(test, level, Seed{options.seed + 1});
    const Tensor<4> output = autoencoder.predict(noisy, options.threads);
    before.push_back(mean_squared_error(noisy, test));
    after.push_back(mean_squared_error(output, test));
    blurred.push_back(mean_squared_error(mean_of_3x3.predict(noisy, options.threads), test));
    std::cout << text("  ", level, ": ", before.back(), ", ", after.back(), ", ", blurred.back(), "\n");
    if (level == 0.1 || level == 0.3 || level == 0.5) {
      shown.push_back(slice(noisy, 0, 10));
      shown.push_back(slice(output, 0, 10));
    }
  }
  pictures::save_png(
      options.path("as_denoiser.png"),
      pictures::grid({shown.begin(), shown.end()}, 10,
                     {.title = "A plain auto-encoder under noise",
                      .row_titles = {"Noise 0.1", "Output", "Noise 0.3", "Output", "Noise 0.5", "Output"}}));
  pictures::save_png(options.path("squared_error.png"), pictures::plot({{"noisy image", before, levels},
                                                                        {"output of the auto-encoder", after, levels},
                                                                        {"mean of 3 x 3 pixels", blurred, levels}},
                                                                       {.title = "Is a plain auto-encoder a denoiser?",
                                                                        .x_label = "standard deviation of the noise",
                                                                        .y_label = "mean squared error",
                                                                        .y_min = 0.0}));
  const double without_noise = mean_squared_error(autoencoder.predict(test, options.threads), test);
  print_figure("mse_noisy_at_0.5", before[5]);
  print_figure("mse_output_at_0.5", after[5]);
  print_figure("mse_mean_of_3x3_at_0.5", blurred[5]);
  print_figure("mse_output_without_noise", without_noise);
  std::cout << "conclusion: at noise 0.5 the auto-encoder leaves " << static_cast<int>(100 * after[5] / before[5] + 0.5)
            << " % of the squared error, the mean of 3 x 3 pixels "
            << static_cast<int>(100 * blurred[5] / before[5] + 0.5) << " %; it is "
            << static_cast<int>(after[5] / without_noise + 0.5) << " times as far off as without noise\n";
}

void example(int argc, char** argv) {
  Options options{"fashion_autoencoder",
                  "Trains a small convolutional auto-encoder on Fashion-MNIST.",
                  {.epochs = 10, .batch_size = 128}};
  options.describe("--data",
                   "folder with Fashion-MNIST, or with its folder fashion-mnist; otherwise this is searched for in "
                   "$LATENT_DATA and data/, then Debian's package dataset-fashion-mnist");
  options.parse(argc, argv);

  const auto found = datasets::find_fashion_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;

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

  std::vector<std::string> names;
  for (std::size_t i = 0; i < 10; ++i)
    names.push_back(datasets::fashion_classes[static_cast<std::size_t>(data.test.labels[i])]);
  pictures::save_png(options.path("reconstructions.png"),
                     pictures::grid({test, autoencoder.predict(slice(test, 0, 10), options.threads)}, 10,
                                    {.title = "Clothes and their reconstructions",
                                     .row_titles = {"Original", "Reconstruction"},
                                     .column_titles = names}));
  try_as_denoiser(options, autoencoder, test);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
