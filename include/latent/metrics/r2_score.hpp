/// The coefficient of determination: how much of the targets' variance is explained. 1 for predictions without error, 0 for those that are
/// as good as the targets' mean. For each output
///
///     1 - sum (t - y)^2 / sum (t - mean t)^2
///
/// and 0 where that is infinite, which it is for equal targets. https://keras.io/api/metrics/regression_metrics/
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

/// One number out of those of several outputs: their mean, or weighted by the targets' variances.
enum class R2Aggregation { uniform_average, variance_weighted_average };

struct R2Score {
  R2Aggregation class_aggregation = R2Aggregation::uniform_average;

  static constexpr const char* name = "r2_score";

  /// Of each output: the squared errors, the squares and the sum of the targets, and how many there are, all weighted. Throws
  /// std::invalid_argument for outputs that are no rows, as Keras does.
  Index sums(Index count, Index channels) const {
    check(count == channels, "R2Score: expected rows of outputs, (samples, outputs), received samples of ", count,
          " numbers with ", channels, " channels");
    return 4 * count;
  }
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index /*channels*/, double weight, double* sums) const {
    for (Index i = 0; i < count; ++i, sums += 4) {
      const double target = static_cast<double>(t[i]), error = target - static_cast<double>(y[i]);
      sums[0] += weight * error * error, sums[1] += weight * target * target;
      sums[2] += weight * target, sums[3] += weight;
    }
  }
  double value(std::span<const double> sums) const {
    double scores = 0, factors = 0;
    for (std::size_t i = 0; i < sums.size(); i += 4) {
      const double variation = sums[i + 1] - sums[i + 2] * (sums[i + 2] / sums[i + 3]);  // sum (t - mean t)^2
      const double score = 1 - sums[i] / variation, finite = std::isinf(score) ? 0 : score;
      const double factor = class_aggregation == R2Aggregation::uniform_average ? 1 : variation;
      scores += factor * finite, factors += factor;
    }
    return scores / factors;
  }
};

}  // namespace latent
