/// A learning rate that falls ever more slowly:
///
///     initial_learning_rate / (1 + decay_rate * step / decay_steps)
///
/// With `staircase` step / decay_steps is rounded down.
/// https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/
#pragma once

#include <cmath>

#include "latent/optimizers/learning_rate.hpp"

namespace latent {

struct InverseTimeDecay {
  double initial_learning_rate;
  double decay_steps;
  double decay_rate;
  bool staircase = false;

  void check_options() const {
    check(initial_learning_rate >= 0, "InverseTimeDecay: initial_learning_rate is at least 0, received ",
          initial_learning_rate);
    check(decay_steps > 0, "InverseTimeDecay: decay_steps is more than 0, received ", decay_steps);
    check(decay_rate >= 0, "InverseTimeDecay: decay_rate is at least 0, received ", decay_rate);
  }

  double operator()(Index step) const {
    const double times = static_cast<double>(step) / decay_steps;
    return initial_learning_rate / (1 + decay_rate * (staircase ? std::floor(times) : times));
  }
};

}  // namespace latent
