/// Stochastic gradient descent, with momentum. https://keras.io/api/optimizers/sgd/
///
///     w -= learning_rate * g                                   without momentum
///     m  = momentum * m - learning_rate * g;  w += m           with
///     w += momentum * m - learning_rate * g  (the new m)       with nesterov
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct SGD {
  LearningRate learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "SGD";
  static constexpr const char* slot_names[] = {"m"};
  int slot_count() const { return momentum > 0 ? 1 : 0; }

  void check_options() const {
    check(momentum >= 0 && momentum <= 1, "SGD: momentum is within 0..1, received ", momentum);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    const auto r = static_cast<Scalar>(rate), b = static_cast<Scalar>(momentum);
    if (momentum == 0) {
      w -= r * g;
      return;
    }
    auto m = state[0];
    m = b * m - r * g;
    if (nesterov)
      w += b * m - r * g;
    else
      w += m;
  }
};

}  // namespace latent
