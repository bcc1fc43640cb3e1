/// Nadam: Adam with Nesterov's momentum. T. Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.
/// https://keras.io/api/optimizers/nadam/
///
///     m += (1 - beta_1) (g - m)
///     v += (1 - beta_2) (g^2 - v)
///     c(t) = beta_1 (1 - 0.5 * 0.96^t),   C(t) = c(1) c(2) ... c(t)
///     w -= learning_rate (c(t+1) m / (1 - C(t+1)) + (1 - c(t)) g / (1 - C(t))) / (sqrt(v / (1 - beta_2^t)) + epsilon)
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Nadam {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "Nadam";
  static constexpr const char* slot_names[] = {"m", "v"};
  int slot_count() const { return 2; }

  void check_options() const {
    check_factor("Nadam", "beta_1", beta_1);
    check_factor("Nadam", "beta_2", beta_2);
    check_epsilon("Nadam", epsilon);
  }

  /// The factors in front of m, g and sqrt(v).
  struct Rates {
    double m, g, root;  ///< One for each of the three.
  };
  Rates corrected_rate(Index t, double rate) const {
    const double n = static_cast<double>(t), c = momentum(n), next = momentum(n + 1);
    double product = std::pow(beta_1, n), decay = 1;  // C(t); factors after some 900 are 1 to the last bit
    for (Index i = 1; i <= t && decay > 1e-17; ++i) product *= 1 - 0.5 * (decay *= 0.96);
    return {rate * next / (1 - product * next), rate * (1 - c) / (1 - product), 1 / std::sqrt(1 - std::pow(beta_2, n))};
  }

  template <class Scalar>
  [[gnu::noinline]] void update(const Rates& rate, Slice<Scalar> w, Slice<const Scalar> g,
                                const State<Scalar>& state) const {
    auto m = state[0], v = state[1];
    m += static_cast<Scalar>(1 - beta_1) * (g - m);
    v += static_cast<Scalar>(1 - beta_2) * (g.square() - v);
    w -= (static_cast<Scalar>(rate.m) * m + static_cast<Scalar>(rate.g) * g) /
         (static_cast<Scalar>(rate.root) * root(v) + static_cast<Scalar>(epsilon));
  }

 private:
  double momentum(double t) const { return beta_1 * (1 - 0.5 * std::pow(0.96, t)); }
};

}  // namespace latent
