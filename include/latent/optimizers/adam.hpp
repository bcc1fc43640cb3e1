/// Adam: D. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, in the form of section 2, last
/// paragraph, which Keras uses: epsilon is added to the uncorrected root. https://keras.io/api/optimizers/adam/
///
///     m += (1 - beta_1) (g - m)
///     v += (1 - beta_2) (g^2 - v)
///     w -= learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon),    t = 1, 2, ...
///
/// With `amsgrad` the largest v so far takes the place of v in the last line.
/// S. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond", ICLR 2018.
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Adam {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "Adam";
  static constexpr const char* slot_names[] = {"m", "v", "largest"};
  int slot_count() const { return amsgrad ? 3 : 2; }

  void check_options() const {
    check_factor("Adam", "beta_1", beta_1);
    check_factor("Adam", "beta_2", beta_2);
    check_epsilon("Adam", epsilon);
  }

  double corrected_rate(Index t, double rate) const {
    const double n = static_cast<double>(t);
    return rate * std::sqrt(1 - std::pow(beta_2, n)) / (1 - std::pow(beta_1, n));
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    const auto r = static_cast<Scalar>(rate), e = static_cast<Scalar>(epsilon);
    auto m = state[0], v = state[1];
    m += static_cast<Scalar>(1 - beta_1) * (g - m);
    v += static_cast<Scalar>(1 - beta_2) * (g.square() - v);
    if (!amsgrad) {
      w -= r * m / (root(v) + e);
      return;
    }
    auto largest = state[2];
    largest = (largest > v).select(largest, v);  // NaN, if v is that
    w -= r * m / (root(largest) + e);
  }
};

}  // namespace latent
