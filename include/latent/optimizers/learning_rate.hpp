/// The learning rate of an optimiser: a number, or a schedule, which is any function of the steps taken so far.
///
///     Adam{.learning_rate = 1e-3};
///     Adam{.learning_rate = ExponentialDecay{.initial_learning_rate = 1e-3, .decay_steps = 1000, .decay_rate = 0.9}};
///     Adam{.learning_rate = [](Index step) { return 1.0 / (1000.0 + static_cast<double>(step)); }};
#pragma once

#include <concepts>
#include <functional>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent {

/// A function that gives the learning rate of a step.
template <class F>
concept Schedule = std::is_invocable_r_v<double, const F&, Index>;

class LearningRate {
 public:
  /// The same rate in all steps.
  LearningRate(double rate) : rate_(rate) {}  // NOLINT: the conversions are the point
  /// Throws std::invalid_argument for options of the schedule outside their range, and for a function that is none.
  template <Schedule F>
  LearningRate(const F& schedule) : schedule_(schedule) {  // NOLINT
    check(schedule_ != nullptr, "learning_rate: the schedule is an empty function");
    if constexpr (requires { schedule.check_options(); }) schedule.check_options();
  }

  /// Whether it changes from step to step.
  bool is_schedule() const { return schedule_ != nullptr; }
  /// The rate of the step after `step` others: 0 for the first.
  double operator()(Index step) const { return schedule_ ? schedule_(step) : rate_; }

 private:
  double rate_ = 0;
  std::function<double(Index)> schedule_;
};

}  // namespace latent
