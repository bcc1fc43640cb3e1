/// Coffee stains, folds and footprints off scanned pages: a network trained on patches cleans whole pages.
///
/// The task: the NoisyOffice pages come in pairs, dirty and clean, 540 x 420 pixels. A convolution does not care how
/// large the image is, so the network learns on random patches of 64 x 64 and is then bound to the size of a page, with
/// the same weights: model.on<Input<420, 540, 1>>(). The test pages hold a text that no training page has.
///
/// What to look at:
///   pages.png     four test pages, one of each kind of dirt: dirty, cleaned, clean
///   detail.png    the same, enlarged: are thin strokes still whole? is there dirt left between the lines?
///   loss.png      loss on the patches, and on patches of the test pages
///
/// Ink is 1 and paper 0 here, the other way round than in the files. With paper as 1 nearly all pixels are 1, and a
/// network that says "white" everywhere is nearly right from the start: it may stay there. And 0 is what a convolution
/// finds beyond the edge of a patch, so that 0 had better be paper.
///
/// The measure is the root of the mean squared error over all test pages; doing nothing gives 0.152.
///
/// Questions: How far does an output pixel see (count the convolutions and the pooling), and how large is a stain? Why
/// does training on patches work at all, and what is wrong at their edges? The split is by text: what would a split at
/// random measure, when each clean page is there four times?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/psnr.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/pages.hpp"
#include "support/results.hpp"

using namespace latent;

template <class Size>
using Cleaner = Sequential<Size,
                           Conv2D<32, 3, Same, ReLU>, Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2>,
                           Conv2D<64, 3, Same, ReLU>, Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<32, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;
using PatchCleaner = Cleaner<Input<patch, patch, 1>>;

void example(int argc, char** argv) {
  Options options{"document_denoising",
                  "Trains a convolutional network on patches of dirty pages, and cleans whole pages.",
                  {.epochs = 24, .batch_size = 16, .train = 2400, .quick_epochs = 3, .quick_train = 1000}};
  options.describe("--train", "number of random patches in an epoch, 0 for 2400");
  options.describe("--epochs", "number of times that new patches are drawn");
  options.parse(argc, argv);

  // 1. The pages, split by text; --train says how many patches make an epoch.
  const std::string folder = datasets::find_data("noisy_office", options.data);
  const Pairs train = load_pages(folder, 1), test = load_pages(folder, 2);
  tell_data(text("NoisyOffice: ", train.dirty.dimension(0), " + ", test.dirty.dimension(0), " pages from ", folder));
  const Index patches = options.train > 0 ? options.train : 2400;
  const Pairs test_patches = random_patches(test, 400, Seed{options.seed + 1});

  // 2. The network on patches. Every epoch sees new ones. The rate falls to 0 along a cosine, for the last bit.
  PatchCleaner cleaner{Seed{options.seed}, "cleaner"};
  std::cout << cleaner.summary();
  const History history = train_on_patches(cleaner, train, test_patches, patches, options);

  // 3. The same weights on whole pages.
  const auto page_cleaner = cleaner.on<Input<page_height, page_width, 1>>();
  const Tensor<4> cleaned = page_cleaner.predict(test.dirty, options.threads);
  print_figure("rmse_before", root_mean_squared_error(test.dirty, test.clean));
  print_figure("rmse_after", root_mean_squared_error(cleaned, test.clean));

  const auto show = [&](const std::string& name, Index top, Index left, Index height, Index width, int scale) {
    save_pages(options.path(name), "Test pages", {&test.dirty, &cleaned, &test.clean}, {"Dirty", "Cleaned", "Clean"},
               top, left, height, width, scale);
  };
  show("pages.png", 0, 0, page_height, page_width, 1);
  show("detail.png", 120, 180, 60, 120, 4);
  save_training(options, cleaner, history);
}

int main(int argc, char** argv) { return run(argc, argv, example); }
