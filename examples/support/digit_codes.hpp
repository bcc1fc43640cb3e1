/// The codes that two auto-encoders of the course find for digits.
#pragma once

#include "latent/core/tensor.hpp"
#include "support/options.hpp"

namespace latent {

/// The 32 numbers between the layers of 784 - 32 - 784, the network of dense_autoencoder, for some images (number, 28,
/// 28, 1), after training on others. Takes the weights of an earlier run of the same length from the folder for
/// results, or leaves them there; says which. Kept apart, so that a program that looks at codes compiles faster.
Tensor<2> dense_codes(const Options& options, const Tensor<4>& train, const Tensor<4>& images);

/// The same for the 7 x 7 x 16 numbers of the small convolutional network, that of mnist_autoencoder.
Tensor<2> convolutional_codes(const Options& options, const Tensor<4>& train, const Tensor<4>& images);

}  // namespace latent
