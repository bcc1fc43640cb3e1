/// The Kullback-Leibler divergence of predicted probabilities p from target ones t, along the last axis, mean over all
/// others:
///
///     sum_c t_c log(t_c / p_c),   t and p clipped to 1e-7 ... 1;   gradient -t_c / p_c, and 0 where p is clipped
///
/// The outputs have to add up to 1, as those of a softmax do: of others, those that are all 1 have a small loss, and nothing is learnt.
///
/// S. Kullback, R. Leibler, "On information and sufficiency", 1951. https://keras.io/api/losses/probabilistic_losses/
/// (The divergence of a variational auto-encoder's code from the normal distribution is another: see layers/sampling.hpp.)
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct KLDivergence {
  static constexpr const char* name = "kl_divergence";
  static constexpr TargetRange target_range{0, 1};
  template <class S>
  static constexpr Index terms = S::size / S::channels;

  template <class Scalar>
  double operator()(const Scalar* p, const Scalar* t, Scalar* dp, Index count, Index /*channels*/, Scalar scale) const {
    constexpr Scalar least = Scalar(1e-7), most = 1;
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      const Scalar target = std::clamp(t[i], least, most), q = std::clamp(p[i], least, most);
      sum += static_cast<double>(target * std::log(target / q));
      if (dp) dp[i] = q == p[i] ? -scale * target / q : Scalar(0);
    }
    return sum;
  }
};

}  // namespace latent
