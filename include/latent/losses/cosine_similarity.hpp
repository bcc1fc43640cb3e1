/// Minus the cosine of the angle between outputs y and targets t, taken as vectors along the last axis, mean over all
/// others: -1 for the same direction, 1 for opposite directions.
///
///     -sum_c a_c b_c,   a = y / |y|,   b = t / |t|;   gradient (a cos - b) / |y|
///
/// As a metric it is this, too; Keras's metric of the same name is the cosine itself.
///
/// A vector shorter than 1e-7 is divided by 1e-7 instead. https://keras.io/api/losses/regression_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct CosineSimilarity {
  static constexpr const char* name = "cosine_similarity";
  template <class S>
  static constexpr Index terms = S::size / S::channels;

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index channels, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; i += channels) {
      Scalar yy = 0, tt = 0, yt = 0;
      for (Index c = i; c < i + channels; ++c) yy += y[c] * y[c], tt += t[c] * t[c], yt += y[c] * t[c];
      constexpr Scalar shortest = Scalar(1e-7);
      const Scalar y_length = std::max(std::sqrt(yy), shortest), t_length = std::max(std::sqrt(tt), shortest);
      const Scalar cosine = yt / y_length / t_length;
      sum -= static_cast<double>(cosine);
      if (!dy) continue;
      const Scalar along = y_length > shortest ? cosine / y_length : Scalar(0);  // a fixed length has no gradient
      for (Index c = i; c < i + channels; ++c) dy[c] = scale * (along * y[c] - t[c] / t_length) / y_length;
    }
    return sum;
  }
};

}  // namespace latent
