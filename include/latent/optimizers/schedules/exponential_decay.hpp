/// A learning rate that falls by the same factor over the same number of steps:
///
///     initial_learning_rate * decay_rate^(step / decay_steps)
///
/// With `staircase` the exponent is rounded down.
/// https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/
#pragma once

#include <cmath>

#include "latent/optimizers/learning_rate.hpp"

namespace latent {

struct ExponentialDecay {
  double initial_learning_rate;
  double decay_steps;
  double decay_rate;
  bool staircase = false;

  void check_options() const {
    check(initial_learning_rate >= 0, "ExponentialDecay: initial_learning_rate is at least 0, received ",
          initial_learning_rate);
    check(decay_steps > 0, "ExponentialDecay: decay_steps is more than 0, received ", decay_steps);
    check(decay_rate >= 0, "ExponentialDecay: decay_rate is at least 0, received ", decay_rate);
  }

  double operator()(Index step) const {
    const double exponent = static_cast<double>(step) / decay_steps;
    return initial_learning_rate * std::pow(decay_rate, staircase ? std::floor(exponent) : exponent);
  }
};

}  // namespace latent
