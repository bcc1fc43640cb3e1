/// Named views into the one buffer that holds a model's parameters.
#pragma once

#include <string>
#include <vector>

#include "latent/core/tensor.hpp"

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

/// "(3, 3, 1, 32)", as Python prints it.
[[gnu::cold]] inline std::string shape_text(const std::vector<Index>& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) out.append(i > 0 ? ", " : "").append(std::to_string(shape[i]));
  return out.append(shape.size() == 1 ? ",)" : ")");
}

}  // namespace latent
