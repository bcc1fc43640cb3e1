/// Lion: every step has the size of the learning rate; only the sign is learned. X. Chen et al., "Symbolic discovery of
/// optimization algorithms", NeurIPS 2023. https://keras.io/api/optimizers/lion/
///
///     w -= learning_rate sign(beta_1 m + (1 - beta_1) g)
///     m  = beta_2 m + (1 - beta_2) g
///
/// Good rates are 3 to 10 times smaller than Adam's.
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Lion {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.99;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "Lion";
  static constexpr const char* slot_names[] = {"m"};
  int slot_count() const { return 1; }

  void check_options() const {
    check(beta_1 > 0 && beta_1 <= 1, "Lion: beta_1 is within 0..1, 0 excluded, received ", beta_1);
    check(beta_2 >= 0 && beta_2 <= 1, "Lion: beta_2 is within 0..1, received ", beta_2);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    auto m = state[0];
    w -= static_cast<Scalar>(rate) * (static_cast<Scalar>(beta_1) * m + static_cast<Scalar>(1 - beta_1) * g).sign();
    m = static_cast<Scalar>(beta_2) * m + static_cast<Scalar>(1 - beta_2) * g;
  }
};

}  // namespace latent
