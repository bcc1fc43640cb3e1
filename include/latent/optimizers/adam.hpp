/// Adam: D. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, in the form of section 2, last
/// paragraph, which Keras uses: epsilon is added to the uncorrected root. https://keras.io/api/optimizers/adam/
///
///     m += (1 - beta_1) (g - m)
///     u += (1 - beta_2) (g^2 - u)
///     v -= learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(u) + epsilon),    t = 1, 2, ...
#pragma once

#include <cmath>

#include "latent/optimizers/optimizer.hpp"

namespace latent {

struct Adam {
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  static constexpr int slots = 2;

  void check_options() const {
    check(learning_rate >= 0, "Adam: learning_rate is at least 0, received ", learning_rate);
    check(beta_1 >= 0 && beta_1 < 1, "Adam: beta_1 is within 0..1, 1 excluded, received ", beta_1);
    check(beta_2 >= 0 && beta_2 < 1, "Adam: beta_2 is within 0..1, 1 excluded, received ", beta_2);
    check(epsilon > 0, "Adam: epsilon is more than 0, received ", epsilon);
  }

  template <class Scalar>
  [[gnu::noinline]] void update(Index step, Slice<Scalar> v, Slice<const Scalar> g,
                                const std::array<Slice<Scalar>, slots>& state) const {
    auto m = state[0], u = state[1];
    const double t = static_cast<double>(step);
    const auto rate =
        static_cast<Scalar>(learning_rate * std::sqrt(1 - std::pow(beta_2, t)) / (1 - std::pow(beta_1, t)));
    m += static_cast<Scalar>(1 - beta_1) * (g - m);
    u += static_cast<Scalar>(1 - beta_2) * (g.square() - u);
    v -= rate * m / (u.sqrt() + static_cast<Scalar>(epsilon));
  }
};

}  // namespace latent
