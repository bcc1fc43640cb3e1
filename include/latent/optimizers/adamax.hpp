/// Adamax: Adam with the largest recent gradient in place of the mean of squares; section 7.1 of the paper on Adam.
/// https://keras.io/api/optimizers/adamax/
///
///     m += (1 - beta_1) (g - m)
///     u  = max(beta_2 u, |g|)
///     w -= learning_rate / (1 - beta_1^t) * m / (u + epsilon),    t = 1, 2, ...
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Adamax {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "Adamax";
  static constexpr const char* slot_names[] = {"m", "u"};
  int slot_count() const { return 2; }

  void check_options() const {
    check_factor("Adamax", "beta_1", beta_1);
    check_factor("Adamax", "beta_2", beta_2);
    check_epsilon("Adamax", epsilon);
  }

  double corrected_rate(Index t, double rate) const { return rate / (1 - std::pow(beta_1, static_cast<double>(t))); }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    auto m = state[0], u = state[1];
    m += static_cast<Scalar>(1 - beta_1) * (g - m);
    u = (static_cast<Scalar>(beta_2) * u).max(g.abs());
    w -= static_cast<Scalar>(rate) * m / (u + static_cast<Scalar>(epsilon));
  }
};

}  // namespace latent
