/// Adagrad: each parameter's rate falls with all the gradients it has seen. J. Duchi, E. Hazan, Y. Singer, JMLR 12
/// (2011). https://keras.io/api/optimizers/adagrad/
///
///     a += g^2
///     w -= learning_rate g / sqrt(initial_accumulator_value + a + epsilon)
///
/// The default learning rate is today's Keras's, 0.001, with which auto-encoders hardly move. Exercises written for
/// older versions of Keras ("adagrad" as a string) meant its default of then: Adagrad{.learning_rate = 0.01}.
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Adagrad {
  LearningRate learning_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "Adagrad";
  static constexpr const char* slot_names[] = {"a"};
  int slot_count() const { return 1; }

  void check_options() const {
    check(initial_accumulator_value >= 0, "Adagrad: initial_accumulator_value is at least 0, received ",
          initial_accumulator_value);
    check_epsilon("Adagrad", epsilon);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    auto a = state[0];
    a += g.square();
    w -= static_cast<Scalar>(rate) * g / root(a + static_cast<Scalar>(initial_accumulator_value + epsilon));
  }
};

}  // namespace latent
