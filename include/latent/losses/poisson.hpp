/// Poisson's loss: minus the logarithm of the probability of t counted events where y are expected, but for a term that
/// does not depend on y, mean over all values:
///
///     y - t log(y + 1e-7);   gradient 1 - t / (y + 1e-7)
///
/// The outputs have to be positive, for example by a softplus or an exponential, and the targets are counts: of targets below 0 the
/// loss falls without end. https://keras.io/api/losses/probabilistic_losses/
#pragma once

#include "latent/losses/loss.hpp"

namespace latent {

struct Poisson {
  static constexpr const char* name = "poisson";

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index /*channels*/, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      const Scalar expected = y[i] + Scalar(1e-7);
      sum += static_cast<double>(y[i] - t[i] * std::log(expected));
      if (dy) dy[i] = scale * (1 - t[i] / expected);
    }
    return sum;
  }
};

}  // namespace latent
