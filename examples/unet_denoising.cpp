/// A U-Net: skip connections give the decoder the details that the way down to the code loses.
///
/// The task: an auto-encoder halves its pictures again and again, to see more at once, and details finer than a pixel of the
/// smallest picture are lost. Skip connections pass each size on to the way up, next to what comes back from below:
///
///     Conv 16, Conv 16 ------------------------------------------- + Conv 16, Conv 1
///        pool  Conv 32, Conv 32 ----------------- + Conv 32   up
///                 pool  Conv 64, Conv 32   up
///
/// The same network is trained with the skips and without them, on digits under Gaussian noise, and on patches of dirty
/// pages, as in denoising_autoencoder and document_denoising, whose plain networks it is to be compared with.
///
/// What to look at:
///   digits.png   noisy test digits, and what both networks make of them
///   detail.png   pieces of four test pages, each with another kind of dirt: which strokes are thin, which are broken?
///   pages.png    the whole pages
///   loss.png     the losses of both networks on patches of the test pages, epoch by epoch
///   the figures  rmse_skips and rmse_plain over all test pages (doing nothing gives 0.152, document_denoising 0.023);
///                val_loss_skips and val_loss_plain for the digits
///
/// Questions: How many pixels of the page does one of the smallest picture stand for? The skips could hand the dirt on as well
/// as the strokes: why do they not? What would happen without noise, if the network had only to give its input back? Why do
/// the skips do more for pages than for digits?
///
/// O. Ronneberger, P. Fischer, T. Brox, "U-Net: Convolutional networks for biomedical image segmentation", 2015.

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/psnr.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/pages.hpp"
#include "support/results.hpp"

using namespace latent;

template <class Size>
using UNet = Sequential<Size,
                        Conv2D<16, 3, Same, ReLU>, Named<"fine", Conv2D<16, 3, Same, ReLU>>, MaxPooling2D<2>,
                        Conv2D<32, 3, Same, ReLU>, Named<"coarse", Conv2D<32, 3, Same, ReLU>>, MaxPooling2D<2>,
                        Conv2D<64, 3, Same, ReLU>, Conv2D<32, 3, Same, ReLU>,
                        UpSampling2D<2>, Concatenate<"coarse">, Conv2D<32, 3, Same, ReLU>,
                        UpSampling2D<2>, Concatenate<"fine">, Conv2D<16, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;
/// The same without its two lines across.
template <class Size>
using Plain = Sequential<Size,
                         Conv2D<16, 3, Same, ReLU>, Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                         Conv2D<32, 3, Same, ReLU>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2>,
                         Conv2D<64, 3, Same, ReLU>, Conv2D<32, 3, Same, ReLU>,
                         UpSampling2D<2>, Conv2D<32, 3, Same, ReLU>,
                         UpSampling2D<2>, Conv2D<16, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;

/// Trains a network on noisy digits; returns what it makes of the test digits.
template <class Network>
Tensor<4> denoise_digits(const Options& options, const Tensor<4>& train, const Tensor<4>& noisy_train,
                         const Tensor<4>& test, const Tensor<4>& noisy_test, int epochs, const std::string& name) {
  Network network{Seed{options.seed}, name};
  std::cout << "digits, " << name << "\n";
  GoingOn going_on(options, name + "_digits_");
  const History history = compile(network, Adam{}, BinaryCrossentropy{})
                              .fit(noisy_train, train,
                                   {.epochs = epochs,
                                    .batch_size = 128,
                                    .validation_data = {noisy_test, test},
                                    .callbacks = {&going_on},
                                    .seed = Seed{options.seed},
                                    .threads = options.threads});
  save_model(options.path(name + "_digits_weights.safetensors"), network);
  if (history.epochs() > 0) print_figure("val_loss_" + name, history["val_loss"].back());
  return network.predict(noisy_test, options.threads);
}

struct Cleaned {
  Tensor<4> pages;
  History history;
};

/// Trains a network on patches; returns what it makes of the test pages.
template <template <class> class Network>
Cleaned clean_pages(const Options& options, const Pairs& train, const Pairs& test, const Pairs& test_patches,
                    Index patches, const std::string& name) {
  Network<Input<patch, patch, 1>> network{Seed{options.seed}, name};
  std::cout << network.summary();
  const History history = train_on_patches(network, train, test_patches, patches, options, name + "_");
  save_training(options, network, history, name + "_");
  const Tensor<4> cleaned =
      network.template on<Input<page_height, page_width, 1>>().predict(test.dirty, options.threads);
  print_figure("rmse_" + name, root_mean_squared_error(cleaned, test.clean));
  return {cleaned, history};
}

void example(int argc, char** argv) {
  int digit_epochs = 3;
  Options options{"unet_denoising",
                  "Trains a network with skip connections, and one without, on noisy digits and on dirty pages.",
                  {.epochs = 24, .batch_size = 16, .train = 2400, .quick_epochs = 2, .quick_train = 600}};
  options.describe("--train", "number of random patches in an epoch, 0 for 2400, and of digits: 10 times as many");
  options.describe("--epochs", "number of times that new patches are drawn");
  options.describe("--batch-size", "of patches; that of digits is 128");
  options.add("--digit-epochs", digit_epochs, "epochs on the digits");
  options.may_change({"--digit-epochs"});
  options.parse(argc, argv);
  const Index patches = options.train > 0 ? options.train : 2400;

  // 1. Digits.
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> digits = first_of(data.train.images, 10 * patches), test_digits = data.test.images;
  const Tensor<4> noisy = add_gaussian_noise(digits, 0.5f, Seed{options.seed + 1});
  const Tensor<4> noisy_test = add_gaussian_noise(test_digits, 0.5f, Seed{options.seed + 2});
  const auto denoise = [&]<class Network>(std::type_identity<Network>, const std::string& name) {
    return denoise_digits<Network>(options, digits, noisy, test_digits, noisy_test,
                                   std::min(digit_epochs, options.epochs), name);
  };
  const Tensor<4> with_skips = denoise(std::type_identity<UNet<Input<28, 28, 1>>>{}, "skips");
  const Tensor<4> without = denoise(std::type_identity<Plain<Input<28, 28, 1>>>{}, "plain");
  pictures::save_png(
      options.path("digits.png"),
      pictures::grid({noisy_test, with_skips, without, test_digits}, 10,
                     {.title = "Gaussian noise 0.5", .row_titles = {"Noisy", "With skips", "Without", "Clean"}}));

  // 2. Pages.
  const std::string folder = datasets::find_data("noisy_office", options.data);
  const Pairs train = load_pages(folder, 1), test = load_pages(folder, 2);
  tell_data(text("NoisyOffice: ", train.dirty.dimension(0), " + ", test.dirty.dimension(0), " pages from ", folder));
  const Pairs test_patches = random_patches(test, 400, Seed{options.seed + 1});
  const Cleaned skips = clean_pages<UNet>(options, train, test, test_patches, patches, "skips");
  const Cleaned plain = clean_pages<Plain>(options, train, test, test_patches, patches, "plain");
  if (options.epochs > 0)
    pictures::save_png(
        options.path("loss.png"),
        pictures::plot({{"with skips", skips.history["val_loss"]}, {"without", plain.history["val_loss"]}},
                       {.title = "Loss on patches of test pages", .x_label = "epoch", .y_label = "loss"}));

  const auto show = [&](const std::string& name, Index top, Index left, Index height, Index width, int scale) {
    save_pages(options.path(name), "Test pages", {&test.dirty, &skips.pages, &plain.pages, &test.clean},
               {"Dirty", "With skips", "Without", "Clean"}, top, left, height, width, scale);
  };
  show("pages.png", 0, 0, page_height, page_width, 1);
  show("detail.png", 120, 180, 60, 120, 4);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
