/// Mean squared logarithmic error, for positive numbers of very different sizes:
///
///     e^2,   e = log(1 + y) - log(1 + t);   gradient 2 e / (1 + y)
///
/// mean over all values. Outputs and targets below 1e-7 count as 1e-7, and such an output has no gradient.
/// https://keras.io/api/losses/regression_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct MeanSquaredLogarithmicError {
  static constexpr const char* name = "mean_squared_logarithmic_error";

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index /*channels*/, Scalar scale) const {
    constexpr Scalar least = Scalar(1e-7);
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      const Scalar output = std::max(y[i], least) + 1, target = std::max(t[i], least) + 1;
      const Scalar error = std::log(output) - std::log(target);
      sum += static_cast<double>(error * error);
      if (dy) dy[i] = y[i] < least ? Scalar(0) : scale * 2 * error / output;
    }
    return sum;
  }
};

}  // namespace latent
