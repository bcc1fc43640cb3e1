/// Mean absolute percentage error:
///
///     100 |y - t| / |t|;   gradient 100 / |t| above the target, -100 / |t| below, 0 on it
///
/// mean over all values. It is not for targets that are 0: where |t| is less than 1e-7, 1e-7 stands for it.
/// https://keras.io/api/losses/regression_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct MeanAbsolutePercentageError {
  static constexpr const char* name = "mean_absolute_percentage_error";

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index /*channels*/, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      const Scalar error = y[i] - t[i], percent = 100 / std::max(std::abs(t[i]), Scalar(1e-7));
      sum += static_cast<double>(std::abs(error) * percent);
      if (dy) dy[i] = error > 0 ? scale * percent : error < 0 ? -scale * percent : scale * error;  // NaN stays NaN
    }
    return sum;
  }
};

}  // namespace latent
