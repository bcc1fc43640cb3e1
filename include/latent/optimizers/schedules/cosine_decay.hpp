/// A learning rate that falls along half a cosine to `alpha` times its start, and stays there:
///
///     start * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha),   start = initial_learning_rate
///
/// With a warmup_target it first rises, by the same amount every step, from initial_learning_rate to the target in
/// warmup_steps; then start = warmup_target, and the steps count from there.
/// I. Loshchilov, F. Hutter, "SGDR", ICLR 2017. https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "latent/optimizers/learning_rate.hpp"

namespace latent {

struct CosineDecay {
  double initial_learning_rate;
  double decay_steps;
  double alpha = 0;
  std::optional<double> warmup_target = {};
  double warmup_steps = 0;

  void check_options() const {
    check(initial_learning_rate >= 0, "CosineDecay: initial_learning_rate is at least 0, received ",
          initial_learning_rate);
    check(decay_steps > 0, "CosineDecay: decay_steps is more than 0, received ", decay_steps);
    check(alpha >= 0, "CosineDecay: alpha is at least 0, received ", alpha);
    const double target = warmup_target.value_or(0);
    check(target >= 0, "CosineDecay: warmup_target is at least 0, received ", target);
    check(warmup_steps >= 0, "CosineDecay: warmup_steps is at least 0, received ", warmup_steps);
  }

  double operator()(Index step) const {
    const double before = warmup_target ? warmup_steps : 0, now = static_cast<double>(step);
    const double start = warmup_target.value_or(initial_learning_rate);
    if (now < before) return initial_learning_rate + (start - initial_learning_rate) * now / before;
    const double done = std::min((now - before) / decay_steps, 1.0);
    return start * ((1 - alpha) * (1 + std::cos(std::numbers::pi * done)) / 2 + alpha);
  }
};

}  // namespace latent
