/// Exercise 2: the sigmoid with the binary cross-entropy, from the logits z.
///
///     p = 1 / (1 + exp(-z)),   loss = -(t log p + (1 - t) log(1 - p))
///
/// and the same so that it works for every z, from -1000 to 1000.
#pragma once

#include "latent/losses/loss.hpp"

namespace yours {
using namespace latent;

struct BinaryCrossentropy {
  static constexpr const char* name = "binary_crossentropy";
  using absorbs = Sigmoid;  // behind a sigmoid latent calls on_logits
  void check_options() const {}

  /// 1 / (1 + exp(-z)), without a NaN for any z.
  template <class Scalar>
  static Scalar sigmoid(Scalar z) {
    const Scalar e = std::exp(-std::abs(z));  // at most 1
    return z < 0 ? e / (1 + e) : 1 / (1 + e);
  }

  /// The sum of the losses of `count` logits z with targets t (0 to 1). If dz is not null, every dz[i] is assigned: the
  /// derivative of the loss of z[i] by z[i], times `scale`. (The trainer divides the sum by the number of terms, and
  /// `scale` is one divided by that.)
  template <class Scalar>
  double on_logits(const Scalar* z, const Scalar* t, Scalar* dz, Index count, Index /*channels*/, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      sum += static_cast<double>(std::max(z[i], Scalar(0)) - z[i] * t[i] + std::log1p(std::exp(-std::abs(z[i]))));
      if (dz) dz[i] = scale * (sigmoid(z[i]) - t[i]);
    }
    return sum;
  }

  /// The same where the network's last layer has no activation: its outputs are logits.
  template <class Scalar>
  double operator()(const Scalar* z, const Scalar* t, Scalar* dz, Index count, Index channels, Scalar scale) const {
    return on_logits(z, t, dz, count, channels, scale);
  }
};

}  // namespace yours
