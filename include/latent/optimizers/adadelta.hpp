/// Adadelta: the recent size of the steps takes the place of a learning rate. M. Zeiler, arXiv:1212.5701.
/// https://keras.io/api/optimizers/adadelta/
///
///     a = rho a + (1 - rho) g^2
///     s = -sqrt(d + epsilon) / sqrt(a + epsilon) * g
///     d = rho d + (1 - rho) s^2
///     w += learning_rate s
///
/// The default learning rate is today's Keras's, 0.001, with which auto-encoders hardly move. The paper has none (1),
/// and exercises written for older versions of Keras ("adadelta" as a string) meant that:
/// Adadelta{.learning_rate = 1.0}.
#pragma once

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Adadelta {
  LearningRate learning_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "Adadelta";
  static constexpr const char* slot_names[] = {"a", "d"};
  int slot_count() const { return 2; }

  void check_options() const {
    check_factor("Adadelta", "rho", rho);
    check_epsilon("Adadelta", epsilon);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    const auto decay = static_cast<Scalar>(rho), rest = static_cast<Scalar>(1 - rho), e = static_cast<Scalar>(epsilon);
    auto a = state[0], d = state[1];
    a = decay * a + rest * g.square();
    const auto s = root(d + e) / root(a + e) * g;  // an expression: worked out anew where it stands
    w -= static_cast<Scalar>(rate) * s;
    d = decay * d + rest * s.square();
  }
};

}  // namespace latent
