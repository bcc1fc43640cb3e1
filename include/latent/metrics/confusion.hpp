/// How predictions above a threshold agree with targets: counts of right and wrong ones, and the metrics that are such a count.
/// https://keras.io/api/metrics/classification_metrics/
#pragma once

#include <optional>

#include "latent/layers/layer.hpp"
#include "latent/metrics/metric.hpp"

namespace latent {

/// How many predictions are above the threshold (positive) or not (negative), and rightly so (true) or not (false). Targets that are not
/// 0 should be predicted to be positive.
struct Confusion {
  Index true_positives = 0, false_positives = 0, true_negatives = 0, false_negatives = 0;  ///< the four counts
};

/// The counts of `count` predictions y and targets t, or of those of one of the `channels` of the last axis.
template <class Scalar>
Confusion confusion_of(const Scalar* y, const Scalar* t, Index count, Index channels, double threshold,
                       const std::optional<Index>& class_id = {}) {
  Confusion counts;
  for (Index i = class_id.value_or(0); i < count; i += class_id ? channels : 1) {
    const bool positive = y[i] > static_cast<Scalar>(threshold), wanted = t[i] != 0;
    counts.true_positives += positive && wanted, counts.false_positives += positive && !wanted;
    counts.true_negatives += !positive && !wanted, counts.false_negatives += !positive && wanted;
  }
  return counts;
}

/// Throws std::invalid_argument for a threshold outside 0..1.
LATENT_COLD inline void check_threshold(const char* metric, double threshold) {
  check(threshold >= 0 && threshold <= 1, metric, ": a threshold is within 0..1, received ", threshold);
}
/// Throws std::invalid_argument for a class that is none of the channels.
LATENT_COLD inline void check_class_id(const char* metric, const std::optional<Index>& class_id, Index channels) {
  check(!class_id || (*class_id >= 0 && *class_id < channels), metric, ": class_id is within 0..", channels - 1,
        ", received ", class_id.value_or(0));
}

/// True positives as a share of those and another count: Precision and Recall.
template <FixedString class_name, FixedString name_, Index Confusion::* other>
struct ConfusionRatio {
  double thresholds = 0.5;             ///< predictions above it are positive; one, within 0..1
  std::optional<Index> class_id = {};  ///< only that channel of the last axis; all, unless given

  static constexpr const char* name = name_.characters;

  /// Throws std::invalid_argument for a threshold outside 0..1.
  void check_options() const { check_threshold(class_name.characters, thresholds); }
  /// Throws std::invalid_argument for a class_id that is no channel.
  Index sums(Index /*count*/, Index channels) const {
    check_class_id(class_name.characters, class_id, channels);
    return 2;
  }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index channels, double weight, double* sums) const {
    const Confusion counts = confusion_of(y, t, count, channels, thresholds, class_id);
    sums[0] += weight * static_cast<double>(counts.true_positives);
    sums[1] += weight * static_cast<double>(counts.*other);
  }
  double value(std::span<const double> sums) const { return ratio(sums[0], sums[0] + sums[1]); }
};

/// A count as a metric; of weighted() ones the sum of the weights.
template <FixedString name_, Index Confusion::* count_of>
struct ConfusionCount {
  double thresholds = 0.5;  ///< predictions above it are positive; one, within 0..1

  static constexpr const char* name = name_.characters;

  /// Throws std::invalid_argument for a threshold outside 0..1.
  void check_options() const { check_threshold(name, thresholds); }
  Index sums(Index /*count*/, Index /*channels*/) const { return 1; }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index channels, double weight, double* sums) const {
    *sums += weight * static_cast<double>(confusion_of(y, t, count, channels, thresholds).*count_of);
  }
  double value(std::span<const double> sums) const { return sums[0]; }
};

/// How many predictions are positive and should be.
using TruePositives = ConfusionCount<"true_positives", &Confusion::true_positives>;
/// How many predictions are positive and should not be.
using FalsePositives = ConfusionCount<"false_positives", &Confusion::false_positives>;
/// How many predictions are negative and should be.
using TrueNegatives = ConfusionCount<"true_negatives", &Confusion::true_negatives>;
/// How many predictions are negative and should not be.
using FalseNegatives = ConfusionCount<"false_negatives", &Confusion::false_negatives>;

}  // namespace latent
