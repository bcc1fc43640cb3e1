/// Named views into the one buffer that holds a model's parameters.
#pragma once

#include <string>
#include <vector>

#include "latent/core/check_shape.hpp"

namespace latent {

/// One parameter tensor of a model: its Keras name ("conv2d/kernel"), its shape, where its values lie.
template <class Scalar>
struct NamedTensor {
  std::string name;          ///< such as "conv2d/kernel"
  std::vector<Index> shape;  ///< in Keras's order of axes
  Scalar* data;              ///< row-major
  bool trainable = true;     ///< by the optimiser

  /// How many numbers it has.
  Index size() const {
    Index product = 1;
    for (Index n : shape) product *= n;
    return product;
  }
};

}  // namespace latent
