/// RMSprop: gradients divided by their own recent size. T. Tieleman, G. Hinton, Coursera lecture 6.5, 2012.
/// https://keras.io/api/optimizers/rmsprop/
///
///     u = rho u + (1 - rho) g^2
///     a = rho a + (1 - rho) g                                   if centered, else a = 0
///     s = learning_rate g / sqrt(u - a^2 + epsilon)
///     v -= s,   or with momentum   m = momentum m + s;  v -= m
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
  int slots() const { return 2 + centered; }

  void check_options() const {
    check_factor("RMSprop", "rho", rho);
    check(momentum >= 0, "RMSprop: momentum is at least 0, received ", momentum);
    check_epsilon("RMSprop", epsilon);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double now, Slice<Scalar> v, Slice<const Scalar> g, const State<Scalar>& state) const {
    const auto rate = static_cast<Scalar>(now), r = static_cast<Scalar>(rho), rest = static_cast<Scalar>(1 - rho),
               e = static_cast<Scalar>(epsilon);
    auto u = state[0], m = state[1];  // without momentum m is the step itself
    const auto b = static_cast<Scalar>(momentum);
    u = r * u + rest * g.square();
    if (centered) {
      auto a = state[2];
      a = r * a + rest * g;
      m = b * m + rate * g / (u - a.square() + e).sqrt();
    } else {
      m = b * m + rate * g / (u + e).sqrt();
    }
    v -= m;
  }
};

}  // namespace latent
