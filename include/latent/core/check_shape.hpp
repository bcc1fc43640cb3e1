/// Shapes for people, and whether a batch has the shape it should have.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent {

/// "(3, 3, 1, 32)", as Python prints it.
LATENT_COLD inline std::string shape_text(std::span<const Index> shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) out.append(i > 0 ? ", " : "").append(std::to_string(shape[i]));
  return out.append(shape.size() == 1 ? ",)" : ")");
}

/// Whether a batch of the dimensions `received` holds samples of that shape, at least one.
inline bool has_shape(std::span<const Index> received, std::span<const Index> expected) {
  const std::span<const Index> sample = received.subspan(1);
  return received[0] > 0 && std::equal(sample.begin(), sample.end(), expected.begin(), expected.end());
}
/// Throws std::invalid_argument unless it does.
LATENT_COLD inline void check_shape(std::span<const Index> received, std::span<const Index> expected,
                                    const std::string& what) {
  const std::span<const Index> sample = received.subspan(1);
  check(has_shape(received, expected), what, ": expected at least 1 sample of shape ", shape_text(expected),
        ", received ", received[0], " of shape ", shape_text(sample));
}
/// Throws std::invalid_argument unless each sample of the batch has the expected shape; `what` begins the message.
template <class Scalar, int Rank>
void check_shape(const Tensor<Rank, Scalar>& batch, std::span<const Index> expected, const std::string& what) {
  check_shape(std::span<const Index>(batch.dimensions().data(), static_cast<std::size_t>(Rank)), expected, what);
}

}  // namespace latent
