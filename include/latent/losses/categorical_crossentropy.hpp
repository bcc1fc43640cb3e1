/// Cross-entropy between target probabilities t of the classes (usually 1 for one class, 0 for the others) and
/// predicted ones p along the last axis, mean over all others:
///
///     -sum_c t_c log q_c,   q = p / sum(p), clipped to 1e-7 ... 1 - 1e-7
///
/// After a softmax, Keras uses the logits z instead of p, and so does latent:
///
///     -sum_c t_c log softmax(z)_c,   gradient softmax(z) sum(t) - t
///
/// (Where targets do not sum to 1, Keras on TensorFlow trains with softmax(z) - t, which is not the derivative; on PyTorch it
/// does as latent.)
///
/// https://keras.io/api/losses/probabilistic_losses/
/// After any other activation it is the formula above. (In Keras, fit uses the logits after a sigmoid, too, and so differs there
/// from what its own loss function says of the predictions.)
#pragma once

#include "latent/losses/loss.hpp"
#include "latent/losses/softmax_crossentropy.hpp"

namespace latent {

struct CategoricalCrossentropy {
  bool from_logits = false;    ///< the network's outputs are logits
  double label_smoothing = 0;  ///< a: targets become t (1 - a) + a / classes

  static constexpr const char* name = "categorical_crossentropy";
  using absorbs = Softmax;
  static constexpr TargetRange target_range{0, 1};
  template <class S>
  static constexpr Index terms = S::size / S::channels;

  void check_options() const { check_label_smoothing("CategoricalCrossentropy", label_smoothing); }

  template <class Scalar>
  double operator()(const Scalar* p, const Scalar* t, Scalar* dp, Index count, Index classes, Scalar scale) const {
    if (from_logits) return on_logits(p, t, dp, count, classes, scale);
    double sum = 0;
    for (Index i = 0; i < count; i += classes) {
      Scalar total = 0, shared = 0;
      for (Index c = i; c < i + classes; ++c) total += p[c];
      for (Index c = i; c < i + classes; ++c) {
        const Scalar target = smoothed(t[c], classes), u = p[c] / total, q = clipped_probability(u);
        sum -= static_cast<double>(target * std::log(q));
        if (q == u) shared += target;  // u times the gradient -target / u; clipped: flat
      }
      if (!dp) continue;
      for (Index c = i; c < i + classes; ++c) {
        const Scalar target = smoothed(t[c], classes), u = p[c] / total;
        dp[c] = scale * (shared - (clipped_probability(u) == u ? target / u : Scalar(0))) / total;
      }
    }
    return sum;
  }

  template <class Scalar>
  double on_logits(const Scalar* z, const Scalar* t, Scalar* dz, Index count, Index classes, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; i += classes) {
      const detail::SoftmaxOf<Scalar> softmax(z + i, classes);
      Scalar total = 0;
      for (Index c = i; c < i + classes; ++c) {
        const Scalar target = smoothed(t[c], classes);
        total += target;
        sum += static_cast<double>(target * softmax.minus_log(z[c]));
      }
      if (!dz) continue;
      for (Index c = i; c < i + classes; ++c) dz[c] = scale * (softmax(z[c]) * total - smoothed(t[c], classes));
    }
    return sum;
  }

 private:
  template <class Scalar>
  Scalar smoothed(Scalar t, Index classes) const {
    return t * static_cast<Scalar>(1 - label_smoothing) +
           static_cast<Scalar>(label_smoothing / static_cast<double>(classes));
  }
};

}  // namespace latent
