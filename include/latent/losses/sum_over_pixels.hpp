/// SumOverPixels<Loss>: a loss summed over the values of a sample instead of averaged; still the mean over the batch.
///
/// The reconstruction loss of a variational auto-encoder, -log p(x | z), is such a sum: only then does it stand in the
/// right proportion to the divergence that Sampling adds, which is a sum over the code. With the mean over 784 pixels
/// the divergence would count 784 times as much, and the decoder would learn to ignore the code (posterior collapse).
/// For the same reason the learning rate needs no change although the loss is 784 times as large: Adam's step does not
/// depend on the scale of its gradients; SGD's does.
///
///     compile(vae, Adam{}, SumOverPixels<BinaryCrossentropy>{});
///     compile(vae, Adam{}, SumOverPixels{Huber{.delta = 0.5}});
///
/// https://keras.io/examples/generative/vae/: mean(sum(binary_crossentropy(data, reconstruction), axis=(1, 2)))
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

template <class Loss>
struct SumOverPixels : Loss {
  /// Of a loss with options: `SumOverPixels{Huber{.delta = 2}}`.
  SumOverPixels(const Loss& loss = {}) : Loss(loss) {}  // NOLINT: SumOverPixels{Huber{...}}
  template <class S>
  static constexpr Index terms = 1;
};

}  // namespace latent
