/// Of what should be positive, the share that is predicted to be.
///
///     true positives / (true positives + false negatives)
///
/// and 0 if nothing should be. Predictions above the threshold are positive; targets that are not 0 should be. Both are
/// counted over all samples of a pass, so this is no mean of the batches' values.
/// https://keras.io/api/metrics/classification_metrics/
#pragma once

#include "latent/metrics/confusion.hpp"

namespace latent {

struct Recall {
  double thresholds = 0.5;             ///< one, within 0..1
  std::optional<Index> class_id = {};  ///< only that channel of the last axis; all, unless given

  static constexpr const char* name = "recall";

  /// Throws std::invalid_argument for a threshold outside 0..1.
  void check_options() const { check_threshold("Recall", thresholds); }
  /// Throws std::invalid_argument for a class_id that is no channel.
  Index sums(Index /*count*/, Index channels) const {
    check_class_id("Recall", class_id, channels);
    return 2;
  }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index channels, double weight, double* sums) const {
    const Confusion counts = confusion_of(y, t, count, channels, thresholds, class_id);
    sums[0] += weight * static_cast<double>(counts.true_positives);
    sums[1] += weight * static_cast<double>(counts.false_negatives);
  }
  double value(std::span<const double> sums) const { return ratio(sums[0], sums[0] + sums[1]); }
};

}  // namespace latent
