/// The root of the mean squared error over all samples of a pass: sqrt(mean (y - t)^2), in the units of the targets.
/// https://keras.io/api/metrics/regression_metrics/
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

struct RootMeanSquaredError {
  static constexpr const char* name = "root_mean_squared_error";

  Index sums(Index /*count*/, Index /*channels*/) const { return 2; }  // of squares, and of the weights of all values
  template <class Scalar>
  void add(const Scalar* y, const Scalar* t, Index count, Index /*channels*/, double weight, double* sums) const {
    double squares = 0;
    for (Index i = 0; i < count; ++i) squares += static_cast<double>((y[i] - t[i]) * (y[i] - t[i]));
    sums[0] += weight * squares, sums[1] += weight * static_cast<double>(count);
  }
  double value(std::span<const double> sums) const { return std::sqrt(ratio(sums[0], sums[1])); }
};

}  // namespace latent
