/// Stochastic gradient descent, with momentum. https://keras.io/api/optimizers/sgd/
///
///     v -= learning_rate * g                                   without momentum
///     m  = momentum * m - learning_rate * g;  v += m           with
///     v += momentum * m - learning_rate * g  (the new m)       with nesterov
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct SGD {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;

  static constexpr int slots = 1;

  void check_options() const {
    check(learning_rate >= 0, "SGD: learning_rate is at least 0, received ", learning_rate);
    check(momentum >= 0 && momentum <= 1, "SGD: momentum is within 0..1, received ", momentum);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(Index /*step*/, Slice<Scalar> v, Slice<const Scalar> g, const std::array<Slice<Scalar>, slots>& state) const {
    const auto rate = static_cast<Scalar>(learning_rate), b = static_cast<Scalar>(momentum);
    if (momentum == 0) {
      v -= rate * g;
      return;
    }
    auto m = state[0];
    m = b * m - rate * g;
    if (nesterov)
      v += b * m - rate * g;
    else
      v += m;
  }
};

}  // namespace latent
