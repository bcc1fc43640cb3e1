/// RMSprop: gradients divided by their own recent size. T. Tieleman, G. Hinton, Coursera lecture 6.5, 2012.
/// https://keras.io/api/optimizers/rmsprop/
///
///     v = rho v + (1 - rho) g^2
///     a = rho a + (1 - rho) g                                   if centered, else a = 0
///     s = learning_rate g / sqrt(v - a^2 + epsilon)
///     w -= s,   or with momentum   m = momentum m + s;  w -= m
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct RMSprop {
  LearningRate learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "RMSprop";
  static constexpr const char* slot_names[] = {"v", "m", "a"};
  int slot_count() const { return 2 + centered; }

  void check_options() const {
    check_factor("RMSprop", "rho", rho);
    check(momentum >= 0, "RMSprop: momentum is at least 0, received ", momentum);
    check_epsilon("RMSprop", epsilon);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    const auto r = static_cast<Scalar>(rate), decay = static_cast<Scalar>(rho), rest = static_cast<Scalar>(1 - rho),
               e = static_cast<Scalar>(epsilon);
    auto v = state[0], m = state[1];  // without momentum m is the step itself
    const auto b = static_cast<Scalar>(momentum);
    v = decay * v + rest * g.square();
    if (centered) {
      auto a = state[2];
      a = decay * a + rest * g;
      m = b * m + r * g / root(v - a.square() + e);
    } else {
      m = b * m + r * g / root(v + e);
    }
    w -= m;
  }
};

}  // namespace latent
