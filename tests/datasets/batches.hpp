/// What is in the batches of a source.
#pragma once

#include <vector>

#include "latent/core/source.hpp"

template <class T>
std::vector<float> values(const T& tensor) {
  return {tensor.data(), tensor.data() + tensor.size()};
}
/// All batches of an epoch, one after the other.
template <class S>
std::vector<float> all(S& source, latent::Index epoch, bool targets = false) {
  std::vector<float> found;
  source.on_epoch_begin(epoch);
  for (latent::Index i = 0; i < source.size(); ++i) {
    const auto batch = source.batch(i);
    const auto part = targets ? values(batch.targets()) : values(batch.x);
    found.insert(found.end(), part.begin(), part.end());
  }
  return found;
}
