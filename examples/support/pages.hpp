/// Scanned pages with dirt on them, and without: the NoisyOffice pages come in pairs, dirty and clean, 540 x 420 pixels.
/// Ink is 1 and paper 0 here, the other way round than in the files.
#pragma once

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "latent/core/random.hpp"
#include "latent/core/tensor.hpp"
#include "latent/latent.hpp"
#include "support/going_on.hpp"
#include "support/options.hpp"

namespace latent {

constexpr Index patch = 64, page_height = 420, page_width = 540;

struct Pairs {
  Tensor<4> dirty, clean;
};

/// The pages of one text. Page N shows text (N - 1) % 3: 1 is the one for training, 2 the one for testing. Throws
/// std::invalid_argument (FileError) for a folder or pages that are none of these.
Pairs load_pages(const std::string& folder, int text_number);

/// So many patches of 64 x 64 pixels from random places of random pages.
Pairs random_patches(const Pairs& pages, Index count, Seed seed);

/// A piece of some pages as it is printed: ink black on white.
Tensor<4> printed(const Tensor<4>& pages, const std::vector<Index>& which, Index top, Index left, Index height,
                  Index width);

/// Saves a picture of four test pages, one of each kind of dirt, or of a piece of them, in columns under titles.
void save_pages(const std::string& file, const std::string& title, const std::vector<const Tensor<4>*>& columns,
                const std::vector<std::string>& titles, Index top, Index left, Index height, Index width, int scale);

/// Trains a new network on patches, new ones in every epoch, with a rate that falls to 0 along a cosine, for the last bit.
template <class Network>
History train_on_patches(Network& network, const Pairs& pages, const Pairs& validation, Index patches,
                         const Options& options, const std::string& prefix = "") {
  const double steps = std::ceil(static_cast<double>(patches) / options.batch_size) * std::max(1, options.epochs);
  auto trainer =
      compile(network, Adam{.learning_rate = CosineDecay{.initial_learning_rate = 2e-3, .decay_steps = steps}},
              BinaryCrossentropy{});
  // Each call goes on with what the one before has kept.
  GoingOn going_on(options, prefix);
  going_on.data_may_change();
  History history;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    const Pairs fresh = random_patches(pages, patches, Seed{options.seed + 2 + static_cast<std::uint64_t>(epoch)});
    std::cout << "patches " << epoch + 1 << "/" << options.epochs << "  ";
    history = trainer.fit(fresh.dirty, fresh.clean,
                          {.epochs = epoch + 1,
                           .batch_size = options.batch_size,
                           .validation_data = {validation.dirty, validation.clean},
                           .callbacks = {&going_on},
                           .seed = Seed{options.seed},
                           .threads = options.threads,
                           .initial_epoch = epoch});
  }
  return history;
}

}  // namespace latent
