/// How often the label is among the k classes with the largest predictions.
/// https://keras.io/api/metrics/accuracy_metrics/
#pragma once

#include "latent/metrics/top_k_categorical_accuracy.hpp"

namespace latent {

/// Targets are numbers of classes; one that is none is not among the k.
struct SparseTopKCategoricalAccuracy {
  static constexpr const char* name = "sparse_top_k_categorical_accuracy";
  int k = 5;  ///< at least 1

  template <class S>
  using target_shape = WithoutLast<S>;
  template <class S>
  static constexpr Index terms = S::size / S::channels;
  /// Throws std::invalid_argument if k is below 1.
  void check_options() const {
    check(k >= 1, "SparseTopKCategoricalAccuracy: expected a k of at least 1, received ", k);
  }

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Index count, Index classes) const {
    Index right = 0;
    for (Index i = 0; i < count; i += classes, ++t)
      right += *t >= 0 && *t < static_cast<Scalar>(classes) && in_top_k(y + i, classes, static_cast<Index>(*t), k);
    return static_cast<double>(right);
  }
};

}  // namespace latent
