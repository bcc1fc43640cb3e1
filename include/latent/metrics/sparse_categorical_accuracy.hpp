/// How often the class with the largest prediction is the label.
/// https://keras.io/api/metrics/accuracy_metrics/
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

struct SparseCategoricalAccuracy {
  static constexpr const char* name = "sparse_categorical_accuracy";
  template <class S>
  using target_shape = WithoutLast<S>;
  template <class S>
  static constexpr Index terms = S::size / S::channels;

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Index count, Index classes) const {
    Index right = 0;
    for (Index i = 0; i < count; i += classes, ++t)
      right += static_cast<Scalar>(index_of_largest(y + i, classes)) == *t;
    return static_cast<double>(right);
  }
};

}  // namespace latent
