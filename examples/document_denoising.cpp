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
/// The measure is the root of the mean squared error over all test pages; to do nothing gives 0.152.
///
/// Questions: How far does an output pixel see (count the convolutions and the pooling), and how large is a stain? Why
/// does training on patches work at all, and what is wrong at their edges? The split is by text: what would a split at
/// random measure, when each clean page is there four times?

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <latent/datasets.hpp>
#include <latent/datasets/png_reader.hpp>
#include <latent/evaluation/psnr.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/results.hpp"

using namespace latent;

template <class Size>
using Cleaner = Sequential<Size,
                           Conv2D<32, 3, Same, ReLU>, Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2>,
                           Conv2D<64, 3, Same, ReLU>, Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                           Conv2D<32, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;
constexpr Index patch = 64, page_height = 420, page_width = 540;
using PatchCleaner = Cleaner<Input<patch, patch, 1>>;

struct Pairs {
  Tensor<4> dirty, clean;
};

/// The pages of one text, ink as 1. Page N shows text (N - 1) % 3: 1 is the one for training, 2 the one for testing.
Pairs load_pages(const std::string& folder, int text_number) {
  check(std::filesystem::is_directory(folder + "/train") && std::filesystem::is_directory(folder + "/train_cleaned"),
        "expected a folder with train/ and train_cleaned/, received ", folder);
  std::vector<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/train"))
    if (const int number = std::atoi(entry.path().stem().c_str()); number > 0 && (number - 1) % 3 == text_number)
      numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  const auto count = static_cast<Index>(numbers.size());
  check(count > 0, "expected pages N.png with (N - 1) % 3 == ", text_number, " in ", folder, "/train, found none");
  Pairs pages{Tensor<4>(count, page_height, page_width, 1), Tensor<4>(count, page_height, page_width, 1)};
  for (Index n = 0; n < count; ++n)
    for (const bool dirty : {true, false}) {
      const std::string path =
          text(folder, dirty ? "/train/" : "/train_cleaned/", numbers[static_cast<std::size_t>(n)], ".png");
      const Tensor<4> page = datasets::read_png(path);
      if (page.dimension(1) != page_height || page.dimension(2) != page_width || page.dimension(3) != 1)
        throw FileError(path, text("expected a grey page of ", page_height, " x ", page_width, " pixels, received ",
                                   page.dimension(1), " x ", page.dimension(2), " in ", page.dimension(3), " channels"));
      float* ink = (dirty ? pages.dirty : pages.clean).data() + n * page.size();
      for (Index i = 0; i < page.size(); ++i) ink[i] = 1 - page.data()[i];
    }
  return pages;
}

/// So many patches from random places of random pages.
Pairs random_patches(const Pairs& pages, Index count, Seed seed) {
  const Random random(seed, Purpose::split);
  const auto choose = [&](Index i, Index among) {
    return static_cast<Index>(random.uniform(i) * static_cast<double>(among));
  };
  Pairs patches{Tensor<4>(count, patch, patch, 1), Tensor<4>(count, patch, patch, 1)};
  for (Index n = 0; n < count; ++n) {
    const Index page = choose(3 * n, pages.dirty.dimension(0));
    const Index top = choose(3 * n + 1, page_height - patch + 1), left = choose(3 * n + 2, page_width - patch + 1);
    for (Index y = 0; y < patch; ++y)
      for (Index x = 0; x < patch; ++x) {
        patches.dirty(n, y, x, 0) = pages.dirty(page, top + y, left + x, 0);
        patches.clean(n, y, x, 0) = pages.clean(page, top + y, left + x, 0);
      }
  }
  return patches;
}

/// A piece of some pages as it is printed: ink black on white.
Tensor<4> printed(const Tensor<4>& pages, const std::vector<Index>& which, Index top, Index left, Index height,
                  Index width) {
  Tensor<4> pieces(static_cast<Index>(which.size()), height, width, 1);
  for (std::size_t n = 0; n < which.size(); ++n)
    for (Index y = 0; y < height; ++y)
      for (Index x = 0; x < width; ++x)
        pieces(static_cast<Index>(n), y, x, 0) = 1 - pages(which[n], top + y, left + x, 0);
  return pieces;
}

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
  std::cout << "NoisyOffice: " << train.dirty.dimension(0) << " + " << test.dirty.dimension(0) << " pages from "
            << folder << std::endl;
  const Index patches = options.train > 0 ? options.train : 2400;
  const Pairs test_patches = random_patches(test, 400, Seed{options.seed + 1});

  // 2. The network on patches. Every epoch sees new ones. The rate falls to 0 along a cosine, for the last bit.
  PatchCleaner cleaner{Seed{options.seed}, "cleaner"};
  std::cout << cleaner.summary();
  const double steps = std::ceil(static_cast<double>(patches) / options.batch_size) * std::max(1, options.epochs);
  auto trainer =
      compile(cleaner, Adam{.learning_rate = CosineDecay{.initial_learning_rate = 2e-3, .decay_steps = steps}},
              BinaryCrossentropy{});
  History history;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    const Pairs fresh = random_patches(train, patches, Seed{options.seed + 2 + static_cast<std::uint64_t>(epoch)});
    std::cout << "patches " << epoch + 1 << "/" << options.epochs << "  ";
    const History one = trainer.fit(fresh.dirty, fresh.clean,
                                    {.epochs = 1,
                                     .batch_size = options.batch_size,
                                     .validation_data = {test_patches.dirty, test_patches.clean},
                                     .seed = Seed{options.seed},
                                     .threads = options.threads});
    for (const auto& [name, values] : one.history) history.history[name].push_back(values.back());
  }

  // 3. The same weights on whole pages.
  const auto page_cleaner = cleaner.on<Input<page_height, page_width, 1>>();
  const Tensor<4> cleaned = page_cleaner.predict(test.dirty, options.threads);
  print_figure("rmse_before", root_mean_squared_error(test.dirty, test.clean));
  print_figure("rmse_after", root_mean_squared_error(cleaned, test.clean));

  // Test pages 4 k + 0, 1, 2, 3 are one text in one font under coffee, a fold, a footprint, wrinkles.
  const std::vector<Index> shown{4, 5, 6, 7};
  const std::vector<std::string> dirt{"coffee", "fold", "footprint", "wrinkles"}, kinds{"Dirty", "Cleaned", "Clean"};
  const auto show = [&](const std::string& name, Index top, Index left, Index height, Index width, int scale) {
    const Tensor<4> a = printed(test.dirty, shown, top, left, height, width);
    const Tensor<4> b = printed(cleaned, shown, top, left, height, width);
    const Tensor<4> c = printed(test.clean, shown, top, left, height, width);
    pictures::save_png(
        options.path(name + ".png"),
        pictures::grid(
            {a, b, c}, 4,
            {.title = "Test pages", .row_titles = dirt, .column_titles = kinds, .by_column = true, .scale = scale}));
  };
  show("pages", 0, 0, page_height, page_width, 1);
  show("detail", 120, 180, 60, 120, 4);
  save_training(options, cleaner, history);
  std::cout << "written to " << options.out << ": pages.png, detail.png, loss.png, history.csv, weights.safetensors\n";
}

int main(int argc, char** argv) { return run(argc, argv, example); }
