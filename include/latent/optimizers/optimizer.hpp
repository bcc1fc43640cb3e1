/// An optimiser is a struct of options, with Keras's names in Keras's order, and
///
///     name                           Keras's, for messages
///     slot_count()                        how many numbers it keeps for each parameter; they start at 0
///     slot_names                     what these are called in the state of a training; may be left out
///     corrected_rate(t, rate)        of step t = 1, 2, ..., made of its learning rate once for all parameters; an
///                                    optimiser may leave it out, and takes the learning rate as it is
///     update(rate, w, g, state)      the step on a run of the parameters w, given the corrected rate, their gradients g
///                                    and what was kept for them, such as Adam's moments m and v
///     check_options()                throws std::invalid_argument for options of its own outside their range
///
/// All parameters lie in one buffer and every formula here is elementwise, so threads update runs of it side by side.
///
/// What all optimisers have in common happens before `update` (training/updater.hpp), so the formulas do not show it. As
/// in Keras the gradients are clipped in at most one way, then the parameters decay; 0 turns either off:
///
///     learning_rate      a number or a schedule
///     clipnorm           g *= min(1, clipnorm / |g|), for each parameter tensor by itself
///     clipvalue          g = g cut off at -clipvalue and clipvalue, element by element
///     global_clipnorm    g *= min(1, global_clipnorm / |g|), for all tensors as one vector
///     weight_decay       w -= learning_rate * weight_decay * w
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"
#include "latent/optimizers/learning_rate.hpp"

namespace latent {

namespace detail {
template <class Scalar>
struct SliceOf {
  using type = Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1>>;
};
template <class Scalar>
struct SliceOf<const Scalar> {
  using type = Eigen::Map<const Eigen::Array<Scalar, Eigen::Dynamic, 1>>;
};
struct Root {
  template <class Scalar>
  Scalar operator()(Scalar x) const {
    return std::sqrt(x);
  }
  template <class Packet>
  Packet packetOp(const Packet& x) const {
    using namespace Eigen::internal;
    const auto infinity = pset1<Packet>(std::numeric_limits<typename unpacket_traits<Packet>::type>::infinity());
    return pselect(pcmp_eq(x, infinity), x, psqrt(x));
  }
};

}  // namespace detail

}  // namespace latent

namespace Eigen::internal {
template <>
struct functor_traits<latent::detail::Root> {
  enum { Cost = 20, PacketAccess = true };
};
}  // namespace Eigen::internal

namespace latent {

/// A run of parameters, gradients or state, with Eigen's array arithmetic.
template <class Scalar>
using Slice = typename detail::SliceOf<Scalar>::type;

/// The numbers that an optimiser keeps for a run of parameters: state[0], state[1], ... are runs of the same length.
template <class Scalar>
struct State {
  Scalar* first;           ///< slot 0
  Index slot_size, count;  ///< Numbers from one slot to the next, and in the run.
  Slice<Scalar> operator[](Index slot) const { return {first + slot * slot_size, count}; }
};

/// The square roots of an array. Eigen's own for vectors of floats, array.sqrt(), is NaN where the number is infinite, as
/// the square of a large gradient is.
template <class Array>
auto root(const Array& array) {
  return array.unaryExpr(detail::Root{});
}

/// Throws std::invalid_argument for an option that is infinite or NaN.
LATENT_COLD inline void check_finite(const char* optimizer, const char* option, double value) {
  check(std::isfinite(value), optimizer, ": ", option, " is a finite number, received ", value);
}
/// Throws std::invalid_argument for options that all optimisers have, outside their range.
template <class Optimizer>
[[gnu::cold]] void check_common_options(const Optimizer& o) {
  const char* name = Optimizer::name;
  if (!o.learning_rate.is_schedule()) {
    check(o.learning_rate(0) >= 0, name, ": learning_rate is at least 0, received ", o.learning_rate(0));
    check_finite(name, "learning_rate", o.learning_rate(0));
  }
  check(o.weight_decay >= 0, name, ": weight_decay is at least 0, received ", o.weight_decay);
  check_finite(name, "weight_decay", o.weight_decay);
  check(o.clipnorm >= 0 && o.clipvalue >= 0 && o.global_clipnorm >= 0 &&
            (o.clipnorm > 0) + (o.clipvalue > 0) + (o.global_clipnorm > 0) <= 1,
        name,
        ": expected at most one of clipnorm, clipvalue and global_clipnorm, and none below 0, received clipnorm = ",
        o.clipnorm, ", clipvalue = ", o.clipvalue, ", global_clipnorm = ", o.global_clipnorm);
  check_finite(name, "clipnorm", o.clipnorm);
  check_finite(name, "clipvalue", o.clipvalue);
  check_finite(name, "global_clipnorm", o.global_clipnorm);
}

/// For the factors of moving averages.
LATENT_COLD inline void check_factor(const char* optimizer, const char* option, double value) {
  check(value >= 0 && value < 1, optimizer, ": ", option, " is within 0..1, 1 excluded, received ", value);
}
/// Throws std::invalid_argument for an epsilon that is not above 0.
LATENT_COLD inline void check_epsilon(const char* optimizer, double epsilon) {
  check(epsilon > 0, optimizer, ": epsilon is more than 0, received ", epsilon);
  check_finite(optimizer, "epsilon", epsilon);
}

}  // namespace latent
