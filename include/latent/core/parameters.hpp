/// Named views into the one buffer that holds a model's parameters.
#pragma once

#include <string>
#include <vector>

#include "latent/core/check_shape.hpp"

namespace latent {

/// One parameter tensor of a model: its Keras name ("conv2d/kernel"), its shape, where its values lie.
template <class Scalar>
struct NamedTensor {
  std::string name;
  std::vector<Index> shape;
  Scalar* data;
  bool trainable = true;  ///< by the optimiser

  Index size() const {
    Index product = 1;
    for (Index n : shape) product *= n;
    return product;
  }
};

}  // namespace latent
