/// The softmax of a few logits z and its logarithm, without overflow: shared by the two categorical cross-entropies.
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/core/tensor.hpp"

namespace latent::detail {

/// softmax(z)_c = exp(z_c - m) / s,   m = max_k z_k,   s = sum_k exp(z_k - m)
template <class Scalar>
class SoftmaxOf {
 public:
  SoftmaxOf(const Scalar* z, Index classes) : largest_(*std::max_element(z, z + classes)) {
    for (Index c = 0; c < classes; ++c) sum_ += std::exp(z[c] - largest_);
    log_of_sum_ = std::log(sum_);
  }
  Scalar operator()(Scalar z) const { return std::exp(z - largest_) / sum_; }
  Scalar minus_log(Scalar z) const { return log_of_sum_ - (z - largest_); }

 private:
  Scalar largest_, sum_ = 0, log_of_sum_ = 0;
};

}  // namespace latent::detail
