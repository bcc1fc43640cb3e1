/// The area below a curve of true against false positives, over all thresholds: 1 if every target that is not 0 has a larger prediction
/// than every one that is, 0.5 by chance. Computed, as in Keras, from counts at `num_thresholds` thresholds from 0 to 1, so that it can
/// be added up over a pass; evaluation::roc_auc_score is exact. https://keras.io/api/metrics/classification_metrics/
///
/// For the area between recall and precision: Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006.
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

/// Recall over false positives; precision over recall; the same as gains over always predicting positive.
enum class AUCCurve { ROC, PR, PRGAIN };
/// Between two thresholds: as if both counts were linear, or the smaller or the larger height.
enum class AUCSummationMethod { interpolation, minoring, majoring };

struct AUC {
  Index num_thresholds = 200;  ///< at least 2
  AUCCurve curve = AUCCurve::ROC;
  AUCSummationMethod summation_method = AUCSummationMethod::interpolation;
  bool from_logits = false;  ///< whether outputs are logits, and not probabilities

  static constexpr const char* name = "auc";

  /// Throws std::invalid_argument for fewer than 2 thresholds.
  void check_options() const {
    check(num_thresholds >= 2, "AUC: expected at least 2 for num_thresholds, received ", num_thresholds);
  }
  /// Between two thresholds each, how many should be positive, and then how many should not.
  Index sums(Index /*count*/, Index /*channels*/) const { return 2 * num_thresholds; }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index /*channels*/, double weight, double* sums) const {
    for (Index i = 0; i < count; ++i) {
      const Scalar p = std::clamp(from_logits ? 1 / (1 + std::exp(-y[i])) : y[i], Scalar(0), Scalar(1));
      if (std::isnan(p)) continue;  // above no threshold and below none
      const Index bucket = static_cast<Index>(std::ceil(p * static_cast<Scalar>(num_thresholds - 1))) - 1;
      sums[std::max(bucket, Index{0}) + (t[i] != 0 ? 0 : num_thresholds)] += weight;
    }
  }
  double value(std::span<const double> sums) const {
    const std::size_t thresholds = sums.size() / 2;
    // Above each threshold: the lowest is below all predictions, the highest above all.
    std::vector<double> tp(sums.begin(), sums.begin() + num_thresholds), fp(sums.begin() + num_thresholds, sums.end());
    for (std::size_t i = thresholds - 1; i-- > 0;) tp[i] += tp[i + 1], fp[i] += fp[i + 1];
    double area = 0;
    for (std::size_t i = 0; i + 1 < thresholds; ++i) {
      if (curve == AUCCurve::PR && summation_method == AUCSummationMethod::interpolation) {
        area += below_precision(tp[i], fp[i], tp[i + 1], fp[i + 1], tp[0]);
        continue;
      }
      const auto [x_a, a] = point(tp[i], fp[i], tp[0], fp[0]);
      const auto [x_b, b] = point(tp[i + 1], fp[i + 1], tp[0], fp[0]);
      area += (x_a - x_b) * (summation_method == AUCSummationMethod::interpolation ? (a + b) / 2
                             : summation_method == AUCSummationMethod::minoring    ? std::min(a, b)
                                                                                   : std::max(a, b));
    }
    return area;
  }

 private:
  /// A point of the curve, for a threshold with so many true and false positives, of so many that should be positive or not.
  std::pair<double, double> point(double tp, double fp, double positives, double negatives) const {
    const double recall = ratio(tp, positives);
    if (curve == AUCCurve::ROC) return {ratio(fp, negatives), recall};
    if (curve == AUCCurve::PR) return {recall, ratio(tp, tp + fp)};
    if (tp == 0) return {0, 1};
    const double factor = ratio(positives, negatives);
    return {std::max(1 - factor * ratio(positives - tp, tp), 0.0), 1 - factor * ratio(fp, tp)};
  }
  /// The area between two thresholds, of which a is the lower one, if true positives change linearly with the predicted ones.
  static double below_precision(double tp_a, double fp_a, double tp_b, double fp_b, double positives) {
    const double p_a = tp_a + fp_a, p_b = tp_b + fp_b;
    const double slope = ratio(tp_a - tp_b, std::max(p_a - p_b, 0.0)), intercept = tp_b - slope * p_b;
    const double logarithm = p_a > 0 && p_b > 0 ? std::log(p_a / p_b) : 0;
    return ratio(slope * (tp_a - tp_b + intercept * logarithm), positives);
  }
};

}  // namespace latent
