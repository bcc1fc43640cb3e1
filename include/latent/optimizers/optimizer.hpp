/// What an optimiser is: a struct of options, named as in Keras, with
///
///     slots                          how many numbers it keeps for each parameter; they start at 0
///     check_options()                throws std::invalid_argument for options outside their range
///     update(step, v, g, state)      one step on a slice of the parameters v, given the gradients g; step = 1, 2, ...
///
/// All parameters lie in one buffer and every formula here is elementwise, so threads update slices of it side by side.
#pragma once

#include <Eigen/Core>
#include <array>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

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
}  // namespace detail

/// A run of parameters, gradients or state, with Eigen's array arithmetic.
template <class Scalar>
using Slice = typename detail::SliceOf<Scalar>::type;

}  // namespace latent
