/// The context of a call of a layer, `p.call`: whether it trains, random numbers, the batch. Most layers do not need it.
#pragma once

#include "latent/core/random.hpp"

namespace latent {

/// How a model is called: as at inference, or as in step number `step` of a training with that seed.
struct CallMode {
  bool training = false;  ///< whether dropout drops, noise is added, and so on
  Seed seed = {};
  std::uint32_t step = 0;  ///< which call this is, so that random numbers differ
};

/// One chunk of a batch in one layer. Both passes of a chunk get the same Call, so they draw the same numbers.
struct Call : CallMode {
  Index samples, first = 0, batch;  ///< the views hold the samples first ... first + samples - 1 of the batch
  Index lane = 0;                   ///< of the chunk (models/pass.hpp)
  int layer = 0;                    ///< the layer's number in the network
  Index part = 0, parts = 1;        ///< the part of the forward pass to compute, and the number of parts
  double* loss = nullptr;           ///< sum of the layer's own losses; null if it is not needed
  // For a layer that gathers statistics of the whole batch, in training:
  double* lane_statistics = nullptr;         ///< of the chunks of one lane, to add to
  const double* batch_statistics = nullptr;  ///< of all lanes, joined

  /// A call for a whole batch of `count` samples.
  explicit Call(Index count, const CallMode& mode = {}) : CallMode(mode), samples(count), batch(count) {}

  /// Random numbers that no other layer, step or seed has. Which of them belong to sample n of a view must depend on
  /// place(n) alone: then they do not depend on the chunk a sample is in, or on the thread.
  Random random(Purpose purpose) const { return {seed, purpose, static_cast<std::uint32_t>(layer), step}; }
  /// The place of sample n of this call in the batch.
  Index place(Index n) const { return first + n; }

  /// Adds to the loss, in `forward`: the sum over the samples of the view of l(sample). What is minimised is the mean
  /// over the batch, so `input_gradient` adds share() * dl/dx to dx, and `weight_gradient` share() * dl/dp to dp.
  void add_loss(double sum) const {
    if (loss) *loss += sum;
  }
  /// The share of a sample in the mean over the batch.
  double share() const { return 1 / static_cast<double>(batch); }
};

/// The name of a layer's own loss, as History shows it, and the name of the loss of the targets next to
/// it. If its mean over an epoch is less than `least`, fit prints the warning.
struct OwnLoss {
  const char* name = nullptr;
  const char* others = nullptr;   ///< the name of the other losses together in the logs
  double least = 0;               ///< below this the warning is printed; 0: never
  const char* warning = nullptr;  ///< the text of the warning
};

}  // namespace latent
