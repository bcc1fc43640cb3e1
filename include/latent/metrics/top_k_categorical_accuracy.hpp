/// How often the right class is among the k with the largest predictions.
/// https://keras.io/api/metrics/accuracy_metrics/
#pragma once

#include <cmath>

#include "latent/metrics/metric.hpp"

namespace latent {

/// Whether fewer than k of the predictions are larger than that of a class; a class that is as large as the k-th counts. False where a
/// prediction is no finite number. As https://www.tensorflow.org/api_docs/python/tf/math/in_top_k.
template <class Scalar>
bool in_top_k(const Scalar* y, Index classes, Index label, int k) {
  return std::all_of(y, y + classes, [](Scalar p) { return std::isfinite(p); }) &&
         std::count_if(y, y + classes, [&](Scalar p) { return p > y[label]; }) < k;
}

/// The right class is the one with the largest target.
struct TopKCategoricalAccuracy {
  static constexpr const char* name = "top_k_categorical_accuracy";
  int k = 5;  ///< at least 1

  template <class S>
  static constexpr Index terms = S::size / S::channels;
  /// Throws std::invalid_argument if k is below 1.
  void check_options() const { check(k >= 1, "TopKCategoricalAccuracy: expected a k of at least 1, received ", k); }

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Index count, Index classes) const {
    Index right = 0;
    for (Index i = 0; i < count; i += classes) right += in_top_k(y + i, classes, index_of_largest(t + i, classes), k);
    return static_cast<double>(right);
  }
};

}  // namespace latent
