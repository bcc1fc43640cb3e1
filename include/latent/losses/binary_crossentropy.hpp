/// Binary cross-entropy between targets t and probabilities p, both in 0..1, mean over all values:
///
///     -(t log q + (1 - t) log(1 - q)),   q = p clipped to 1e-7 ... 1 - 1e-7
///
/// After a sigmoid, p = 1 / (1 + exp(-z)), Keras uses the logits z instead of p, and so does latent:
///
///     max(z, 0) - z t + log(1 + exp(-|z|)),   gradient p - t
///
/// which loses no digits however sure the network is. https://keras.io/api/losses/probabilistic_losses/
/// After any other activation it is the formula above. (In Keras, fit uses the logits after a softmax, too, and so differs there
/// from what its own loss function says of the predictions.)
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct BinaryCrossentropy {
  bool from_logits = false;    ///< the network's outputs are logits
  double label_smoothing = 0;  ///< a: targets become t (1 - a) + a / 2

  static constexpr const char* name = "binary_crossentropy";
  using absorbs = Sigmoid;
  static constexpr TargetRange target_range{0, 1};

  void check_options() const { check_label_smoothing("BinaryCrossentropy", label_smoothing); }

  template <class Scalar>
  double operator()(const Scalar* p, const Scalar* t, Scalar* dp, Index count, Index channels, Scalar scale) const {
    if (from_logits) return on_logits(p, t, dp, count, channels, scale);
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      const Scalar target = smoothed<Scalar>(t[i]), q = clipped_probability(p[i]);
      sum -= target * std::log(q) + (1 - target) * std::log(1 - q);
      if (dp) dp[i] = q == p[i] ? scale * ((1 - target) / (1 - q) - target / q) : Scalar(0);  // clipped: flat
    }
    return sum;
  }

  template <class Scalar>
  double on_logits(const Scalar* z, const Scalar* t, Scalar* dz, Index count, Index /*channels*/, Scalar scale) const {
    simd::SumInDouble<Scalar> sum;
    simd::SumOfLog1p<Scalar> logs;
    simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
      const auto logit = simd::load<L>(z + i), target = smoothed<Scalar>(simd::load<L>(t + i));
      simd::Vec<Scalar, L> e;  // exp(-|z|)
      const auto p = simd::sigmoid(logit, e);
      sum += (logit > 0 ? logit : simd::Vec<Scalar, L>{}) - logit * target;
      logs += e;
      if (dz) simd::store(dz + i, scale * (p - target));
    });
    return sum.total() + logs.total();
  }

 private:
  template <class Scalar, class Values>
  Values smoothed(Values t) const {
    return t * static_cast<Scalar>(1 - label_smoothing) + static_cast<Scalar>(label_smoothing / 2);
  }
};

}  // namespace latent
