/// A learning rate that falls along half a cosine to `alpha` times its start, and begins again, in periods of
/// first_decay_steps steps, then t_mul times as many, then t_mul times as many again ...; each period begins at m_mul times
/// the height of the one before:
///
///     initial_learning_rate * ((1 - alpha) * m_mul^period * (1 + cos(pi * step / steps)) / 2 + alpha)
///
/// with the step within the period, of `steps` steps.
/// I. Loshchilov, F. Hutter, "SGDR", ICLR 2017.
/// https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/
#pragma once

#include <cmath>
#include <numbers>

#include "latent/optimizers/learning_rate.hpp"

namespace latent {

struct CosineDecayRestarts {
  double initial_learning_rate;
  double first_decay_steps;  ///< steps of the first period
  double t_mul = 2;          ///< how many times longer each period is than the one before
  double m_mul = 1;          ///< how many times higher it begins
  double alpha = 0;

  void check_options() const {
    check(initial_learning_rate >= 0, "CosineDecayRestarts: initial_learning_rate is at least 0, received ",
          initial_learning_rate);
    check(first_decay_steps > 0, "CosineDecayRestarts: first_decay_steps is more than 0, received ", first_decay_steps);
    check(t_mul == 1 || t_mul >= 1.0001, "CosineDecayRestarts: t_mul is 1 or at least 1.0001, received ", t_mul);
    check(m_mul >= 0, "CosineDecayRestarts: m_mul is at least 0, received ", m_mul);
    check(alpha >= 0, "CosineDecayRestarts: alpha is at least 0, received ", alpha);
  }

  double operator()(Index step) const {
    double within = static_cast<double>(step), steps = first_decay_steps, height = 1;
    if (t_mul == 1) {
      const double now = within;
      within = std::fmod(now, steps), height = std::pow(m_mul, std::round((now - within) / steps));
    } else {
      for (; within >= steps; steps *= t_mul) within -= steps, height *= m_mul;
    }
    return initial_learning_rate *
           ((1 - alpha) * height * (1 + std::cos(std::numbers::pi * within / steps)) / 2 + alpha);
  }
};

}  // namespace latent
