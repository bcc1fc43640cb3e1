/// Precision and recall in one number, their harmonic mean: for each class
///
///     (1 + beta^2) p r / (beta^2 p + r + 1e-7),   p = tp / (tp + fp + 1e-7),   r = tp / (tp + fn + 1e-7)
///
/// with beta = 1 for F1Score; a larger beta gives recall more weight. https://keras.io/api/metrics/classification_metrics/
#pragma once

#include <optional>

#include "latent/metrics/metric.hpp"

namespace latent {

/// One number out of those of the classes: their mean; weighted by how often each class is the right one; or of the counts of all classes
/// together. (Keras's default, a number for each class, is none that can be logged: it is a ConfusionTable.)
enum class ClassAverage { macro, weighted, micro };

/// For one-hot targets, which may be shares of classes, too.
struct FBetaScore {
  ClassAverage average = ClassAverage::macro;
  double beta = 1;  ///< above 0
  std::optional<double> threshold =
      {};  ///< what is above it is predicted; unless given, the class with the largest prediction

  static constexpr const char* name = "fbeta_score";

  /// Throws std::invalid_argument for a beta that is not above 0, and for a threshold that is not above 0 or is above 1.
  void check_options() const {
    check(beta > 0 && std::isfinite(beta), "FBetaScore: beta is above 0, received ", beta);
    check(!threshold || (*threshold > 0 && *threshold <= 1),
          "FBetaScore: a threshold is above 0 and at most 1, received ", threshold.value_or(0));
  }
  /// Of each class: true positives, false positives, false negatives. Throws std::invalid_argument for outputs that are no rows, as
  /// Keras does, and for one output without a threshold, of which all would be predicted.
  Index sums(Index count, Index channels) const {
    check(count == channels, "FBetaScore: expected rows of classes, (samples, classes), received samples of ", count,
          " numbers with ", channels, " channels");
    check(count > 1 || threshold,
          "FBetaScore: of one output the largest is always that one: give it a threshold, F1Score{.threshold = 0.5}");
    return 3 * count;
  }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index /*channels*/, double weight, double* sums) const {
    const Scalar largest = *std::max_element(y, y + count);
    for (Index i = 0; i < count; ++i, sums += 3) {
      const bool predicted =
          threshold ? y[i] > static_cast<Scalar>(*threshold) : y[i] >= largest && std::abs(y[i]) > Scalar(1e-9);
      const double wanted = static_cast<double>(t[i]);
      (predicted ? sums[0] : sums[2]) += weight * wanted;
      if (predicted) sums[1] += weight * (1 - wanted);
    }
  }
  double value(std::span<const double> sums) const {
    double all[3] = {}, scores = 0, factors = 0;
    for (std::size_t i = 0; i < sums.size(); i += 3) {
      const double factor = average == ClassAverage::weighted ? sums[i] + sums[i + 2] : 1;
      scores += factor * score(&sums[i]), factors += factor;
      for (std::size_t k = 0; k < 3; ++k) all[k] += sums[i + k];
    }
    if (average == ClassAverage::micro) return score(all);
    return scores / (average == ClassAverage::weighted ? factors + 1e-7 : factors);
  }

 private:
  double score(const double* sums) const {
    const double precision = sums[0] / (sums[0] + sums[1] + 1e-7), recall = sums[0] / (sums[0] + sums[2] + 1e-7);
    return precision * recall / (beta * beta * precision + recall + 1e-7) * (1 + beta * beta);
  }
};

/// FBetaScore with beta = 1.
struct F1Score {
  ClassAverage average = ClassAverage::macro;
  std::optional<double> threshold = {};  ///< as in FBetaScore

  static constexpr const char* name = "f1_score";

  /// Throws std::invalid_argument for a threshold that is not above 0 or is above 1.
  void check_options() const { as_fbeta_score().check_options(); }
  /// As those of FBetaScore.
  Index sums(Index count, Index channels) const { return as_fbeta_score().sums(count, channels); }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index channels, double weight, double* sums) const {
    as_fbeta_score().add(y, t, count, channels, weight, sums);
  }
  double value(std::span<const double> sums) const { return as_fbeta_score().value(sums); }

 private:
  FBetaScore as_fbeta_score() const { return {average, 1, threshold}; }
};

}  // namespace latent
