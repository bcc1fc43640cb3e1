/// Exercise 3: three optimisers. Each moves the parameters w against their gradients g, with a memory of its own.
///
/// All three get the numbers in the same way: w, g and the memory state[0], state[1] are runs of numbers of the same
/// length, w.size(), with w[i], g[i] and so on. The memory is 0 before the first step and kept from step to step. One step
/// calls update() several times, for different runs of the parameters: nothing may be remembered elsewhere.
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace yours {
using namespace latent;

/// w = w - rate * g
struct SGD {
  LearningRate learning_rate = 0.01;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;  // what all have in common: latent does it
  static constexpr const char* name = "SGD";
  int slot_count() const { return 0; }  // numbers to remember for each parameter
  void check_options() const {}

  template <class Scalar>
  void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>&) const {
    // your turn
  }
};

/// m = momentum * m - rate * g
/// w = w + m
struct Momentum {
  LearningRate learning_rate = 0.01;
  double momentum = 0.9;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;
  static constexpr const char* name = "Momentum";
  static constexpr const char* slot_names[] = {"m"};
  int slot_count() const { return 1; }
  void check_options() const {}

  template <class Scalar>
  void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    auto m = state[0];
    // your turn
  }
};

/// m = beta_1 m + (1 - beta_1) g        mean of the last gradients
/// v = beta_2 v + (1 - beta_2) g²       mean of their squares
/// w = w - rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)        in step t = 1, 2, ...
struct Adam {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;
  static constexpr const char* name = "Adam";
  static constexpr const char* slot_names[] = {"m", "v"};
  int slot_count() const { return 2; }
  void check_options() const {}

  /// What depends on the step alone: rate * sqrt(1 - beta_2^t) / (1 - beta_1^t). update() is given the result as `rate`.
  double corrected_rate(Index t, double rate) const {
    // your turn
    return rate;
  }

  template <class Scalar>
  void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    auto m = state[0], v = state[1];
    // your turn
  }
};

}  // namespace yours
