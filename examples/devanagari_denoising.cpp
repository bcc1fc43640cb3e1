/// Handwritten Devanagari digits from a folder of PNGs, under noise of your choice.
///
/// The task: read 32 x 32 pictures that lie in one folder for each digit, bring them to 0...1, split off a validation
/// set by a seed, add noise to them, and train a convolutional auto-encoder of at least four layers to remove it.
/// Measure the result in decibels (PSNR) and by structural similarity (SSIM), and do so on test digits.
///
/// What to look at:
///   denoised.png  for each digit 0 ... 9 one test image: noisy, denoised, clean
///   loss.png      training and validation loss over the epochs
///
/// Options: --noise gaussian or salt_and_pepper; --level, its standard deviation or the share of the pixels replaced.
///
/// Questions: PSNR looks at pixels, SSIM at structure: which of the two rises more, and which agrees with your eyes? A
/// median of 3 x 3 pixels removes salt and pepper as well: from which share on does it fail, and why does the network
/// not? What happens to a network that was trained with the one noise on images with the other?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/datasets/image_folder.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Autoencoder = Sequential<Input<32, 32, 1>,
                               Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                               Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2, Same>,   // the code: 8 x 8 x 64
                               Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                               Conv2D<1, 3, Same, Sigmoid>>;

void example(int argc, char** argv) {
  std::string noise = "gaussian";
  float level = 0.5f, validation = 0;
  Options options{"devanagari_denoising",
                  "Trains a convolutional auto-encoder to remove noise from Devanagari digits.",
                  {.epochs = 10, .batch_size = 128, .quick_train = 3000}};
  options.add("--noise", noise, "kind of noise", {"gaussian", "salt_and_pepper"});
  options.add("--level", level, "standard deviation, or share of the pixels");
  options.add("--validation", validation, "share of the training images set aside for validation; 0: the test images");
  options.parse(argc, argv);
  check(noise == "gaussian" || level <= 1, "--level: expected a share from 0 to 1, received ", level);
  check(validation < 1, "--validation: expected a share below 1, received ", validation);

  // 1. The data: a folder, or the archive of one, with train/<digit>/*.png and test/<digit>/*.png.
  std::string place = datasets::find_data("dhcd_digits", options.data);
  if (const std::string archive = place + "/dhcd_digits_png.tar.gz"; std::filesystem::exists(archive)) place = archive;
  const auto [all, test] = datasets::read_train_and_test_folders(place);
  tell_data(text("Devanagari digits: ", all.images.dimension(0), " + ", test.images.dimension(0), " images of ",
                 all.classes.size(), " classes from ", place, all.skipped.text(), test.skipped.text()));
  // The folders come sorted by digit; shuffled by the seed, any number of images holds all digits.
  const Index count = all.images.dimension(0), held_out = std::lround(validation * static_cast<float>(count));
  check(held_out < count, "--validation ", validation, " leaves nothing to train on");
  const auto order = permutation(count, Random(Seed{options.seed}, Purpose::split));
  const Tensor<4> valid = held_out > 0 ? datasets::gather(all.images, order, 0, held_out) : test.images;
  const Tensor<4> train = first_of(datasets::gather(all.images, order, held_out, count - held_out), options.train);

  const auto with_noise = [&](const Tensor<4>& images, std::uint64_t number) {
    return noise == "gaussian" ? add_gaussian_noise(images, level, Seed{options.seed + number})
                               : add_salt_and_pepper_noise(images, level, Seed{options.seed + number});
  };
  const Tensor<4> noisy_train = with_noise(train, 1), noisy_valid = with_noise(valid, 2);
  const Tensor<4> noisy_test = with_noise(test.images, 2);

  // 2. Training, noisy to clean.
  Autoencoder autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
  GoingOn going_on(options);
  const History history = trainer.fit(noisy_train, train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {noisy_valid, valid},
                                       .callbacks = {&going_on},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history);

  // 3. Test digits before and after.
  const Tensor<4> denoised = autoencoder.predict(noisy_test, options.threads);
  print_figure("psnr_noisy", evaluation::mean(evaluation::psnr(noisy_test, test.images)));
  print_figure("psnr_denoised", evaluation::mean(evaluation::psnr(denoised, test.images)));
  print_figure("ssim_noisy", evaluation::mean(evaluation::ssim(noisy_test, test.images)));
  print_figure("ssim_denoised", evaluation::mean(evaluation::ssim(denoised, test.images)));

  std::vector<Index> one_of_each;
  for (int label = 0; label < static_cast<int>(test.classes.size()); ++label)
    one_of_each.push_back(std::find(test.labels.begin(), test.labels.end(), label) - test.labels.begin());
  const auto chosen = [&](const Tensor<4>& images) { return datasets::gather(images, one_of_each); };
  pictures::save_png(
      options.path("denoised.png"),
      pictures::grid(
          {chosen(noisy_test), chosen(denoised), chosen(test.images)}, static_cast<Index>(one_of_each.size()),
          {.title = text("Devanagari digits, ", noise == "gaussian" ? "Gaussian noise " : "salt and pepper ", level),
           .row_titles = {"Noisy", "Denoised", "Clean"}}));
}

int main(int argc, char** argv) { return run(argc, argv, example); }
