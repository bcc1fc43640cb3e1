/// Cross-entropy where the target is the number k of a class, 0 ... classes - 1, and the predictions are probabilities
/// p of the classes along the last axis, mean over all others:
///
///     -log(q_k / sum_c q_c),   q = p clipped to 1e-7 ... 1 - 1e-7
///
/// After a softmax, Keras uses the logits z instead of p, and so does latent:
///
///     -log softmax(z)_k,   gradient softmax(z), minus 1 at k
///
/// Targets have the shape of the outputs without the last axis: a Tensor<1> of labels for a Dense<10, Softmax>.
/// https://keras.io/api/losses/probabilistic_losses/
/// After any other activation it is the formula above. (In Keras, fit uses the logits after a sigmoid, too, and so differs there
/// from what its own loss function says of the predictions.)
#pragma once

#include "latent/losses/loss.hpp"
#include "latent/losses/softmax_crossentropy.hpp"

namespace latent {

struct SparseCategoricalCrossentropy {
  bool from_logits = false;  ///< the network's outputs are logits

  static constexpr const char* name = "sparse_categorical_crossentropy";
  using absorbs = Softmax;
  template <class S>
  using target_shape = WithoutLast<S>;
  template <class S>
  static constexpr Index terms = S::size / S::channels;

  template <class Scalar>
  [[gnu::cold]] static void check_targets(const Scalar* t, Index samples, Index size, Index classes, const char* what) {
    for (Index i = 0; i < samples * size; ++i)
      check(t[i] >= 0 && t[i] < static_cast<Scalar>(classes) && t[i] == std::floor(t[i]), what, ": sample ", i / size,
            " has the label ", t[i], ", expected a number of a class, 0 to ", classes - 1);
  }

  template <class Scalar>
  double operator()(const Scalar* p, const Scalar* t, Scalar* dp, Index count, Index classes, Scalar scale) const {
    if (from_logits) return on_logits(p, t, dp, count, classes, scale);
    double sum = 0;
    for (Index i = 0; i < count; i += classes, ++t) {
      const Index k = i + static_cast<Index>(*t);
      Scalar total = 0;
      for (Index c = i; c < i + classes; ++c) total += clipped_probability(p[c]);
      sum -= static_cast<double>(std::log(clipped_probability(p[k]) / total));
      if (!dp) continue;
      for (Index c = i; c < i + classes; ++c) {
        const Scalar q = clipped_probability(p[c]);
        dp[c] = q == p[c] ? scale * (1 / total - (c == k ? 1 / q : Scalar(0))) : Scalar(0);  // clipped: flat
      }
    }
    return sum;
  }

  template <class Scalar>
  double on_logits(const Scalar* z, const Scalar* t, Scalar* dz, Index count, Index classes, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; i += classes, ++t) {
      const Index k = i + static_cast<Index>(*t);
      const detail::SoftmaxOf<Scalar> softmax(z + i, classes);
      sum += static_cast<double>(softmax.minus_log(z[k]));
      if (!dz) continue;
      for (Index c = i; c < i + classes; ++c) dz[c] = scale * (softmax(z[c]) - (c == k ? Scalar(1) : Scalar(0)));
    }
    return sum;
  }
};

}  // namespace latent
