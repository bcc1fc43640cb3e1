/// How often the class with the largest prediction is the one with the largest target.
/// https://keras.io/api/metrics/accuracy_metrics/
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

struct CategoricalAccuracy {
  static constexpr const char* name = "categorical_accuracy";
  template <class S>
  static constexpr Index terms = S::size / S::channels;

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Index count, Index classes) const {
    Index right = 0;
    for (Index i = 0; i < count; i += classes)
      right += index_of_largest(y + i, classes) == index_of_largest(t + i, classes);
    return static_cast<double>(right);
  }
};

}  // namespace latent
