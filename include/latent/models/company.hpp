/// Who takes part in a training step: this process alone, unless a trainer that is spread over several says otherwise.
#pragma once

#include "latent/core/tensor.hpp"

namespace latent::engine {

/// Several learners with the same network, parameters and batches. Each does the lanes that are its own, and then they give
/// each other what theirs have come to. All sums are made over all lanes, in order, so that everybody has the same bits,
/// however many there are.
class Company {
 public:
  virtual ~Company() = default;
  /// Whether a lane is this learner's.
  virtual bool does(Index lane) const = 0;
  /// Row l of `rows`, of so many bytes, is what lane l has come to (gradients; losses and metrics; statistics of the batch):
  /// fills in the rows of the others. One thread of each learner calls it, all of them in the same order.
  virtual void exchange(void* rows, Index lanes, std::size_t bytes) = 0;
};

}  // namespace latent::engine
