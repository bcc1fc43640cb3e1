/// Mean absolute error: |y - t|, mean over all values; gradient 1 above the target, -1 below, 0 on it.
/// https://keras.io/api/losses/regression_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index /*channels*/, Scalar scale) const {
    double sum = 0;
    simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
      const auto error = simd::load<L>(y + i) - simd::load<L>(t + i);
      const simd::Vec<Scalar, L> zero{};
      sum += static_cast<double>(simd::sum<L, Scalar>(error < 0 ? -error : error));
      if (dy) simd::store(dy + i, error > 0 ? zero + scale : error < 0 ? zero - scale : zero);
    });
    return sum;
  }
};

}  // namespace latent
