/// A learning rate that falls to its end in a given number of steps, along a straight line or a power, and stays there:
///
///     (initial_learning_rate - end_learning_rate) * (1 - step / decay_steps)^power + end_learning_rate
///
/// With `cycle` it does not stay there: whenever decay_steps have passed, the end is put off to the next multiple of
/// them, and the learning rate rises to what the longer way gives.
/// https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/optimizers/learning_rate.hpp"

namespace latent {

struct PolynomialDecay {
  double initial_learning_rate;
  double decay_steps;
  double end_learning_rate = 0.0001;  ///< what it falls to, or rises if it begins below
  double power = 1;                   ///< 1: along a straight line
  bool cycle = false;                 ///< the end is put off again and again

  void check_options() const {
    check(initial_learning_rate >= 0, "PolynomialDecay: initial_learning_rate is at least 0, received ",
          initial_learning_rate);
    check(decay_steps > 0, "PolynomialDecay: decay_steps is more than 0, received ", decay_steps);
    check(end_learning_rate >= 0, "PolynomialDecay: end_learning_rate is at least 0, received ", end_learning_rate);
    check(power >= 0, "PolynomialDecay: power is at least 0, received ", power);
  }

  double operator()(Index step) const {
    const double now = static_cast<double>(step), cycles = std::max(std::ceil(now / decay_steps), 1.0);
    const double done = std::min(now / (cycle ? cycles * decay_steps : decay_steps), 1.0);  // also where it is rounded
    return (initial_learning_rate - end_learning_rate) * std::pow(1 - done, power) + end_learning_rate;
  }
};

}  // namespace latent
