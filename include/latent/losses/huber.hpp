/// Huber's loss, squared for small errors e = y - t and absolute for large ones, mean over all values:
///
///     e^2 / 2                    if |e| <= delta,   gradient e
///     delta |e| - delta^2 / 2    otherwise,         gradient delta or -delta
///
/// https://keras.io/api/losses/regression_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct Huber {
  double delta = 1;  ///< where the loss turns from squared to absolute

  static constexpr const char* name = "huber_loss";

  void check_options() const { check(delta > 0, "Huber: delta is more than 0, received ", delta); }

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index /*channels*/, Scalar scale) const {
    const auto edge = static_cast<Scalar>(delta);
    double sum = 0;
    simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
      // With c = e clipped to -delta ... delta, both cases have one formula: |c| (|e| - |c| / 2) = c (e - c / 2), gradient c.
      const auto error = simd::load<L>(y + i) - simd::load<L>(t + i);
      const simd::Vec<Scalar, L> zero{}, above = error > edge ? zero + edge : error;
      const simd::Vec<Scalar, L> within = above < -edge ? zero - edge : above;
      sum += static_cast<double>(simd::sum<L, Scalar>(within * (error - within / 2)));
      if (dy) simd::store(dy + i, scale * within);
    });
    return sum;
  }
};

}  // namespace latent
