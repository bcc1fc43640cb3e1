/// Mean squared error: (y - t)^2, mean over all values; gradient 2 (y - t).
/// https://keras.io/api/losses/regression_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index /*channels*/, Scalar scale) const {
    double sum = 0;
    simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
      const auto error = simd::load<L>(y + i) - simd::load<L>(t + i);
      sum += static_cast<double>(simd::sum<L, Scalar>(error * error));
      if (dy) simd::store(dy + i, 2 * scale * error);
    });
    return sum;
  }
};

}  // namespace latent
