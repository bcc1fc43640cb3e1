/// How many of the values are right: 1 if above the threshold, else 0, and equal to the target.
/// https://keras.io/api/metrics/accuracy_metrics/
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

struct BinaryAccuracy {
  double threshold = 0.5;  ///< 0 if the outputs are logits

  static constexpr const char* name = "binary_accuracy";

  /// Throws std::invalid_argument for a threshold of NaN.
  void check_options() const {
    check(!std::isnan(threshold), "BinaryAccuracy: threshold is a number, received ", threshold);
  }

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Index count, Index /*channels*/) const {
    Index right = 0;
    for (Index i = 0; i < count; ++i) right += t[i] == (y[i] > static_cast<Scalar>(threshold) ? Scalar(1) : Scalar(0));
    return static_cast<double>(right);
  }
};

}  // namespace latent
