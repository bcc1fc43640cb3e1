/// A metric is a number that is watched but not minimised: a struct with
///
///     name                                 Keras's; History, the progress line and the CSV file show it, and
///                                          "val_" + name
///     operator()(y, t, count, channels)    the sum over one sample with `count` predictions y, the last axis of which
///                                          has `channels`, and targets t
///
/// and `target_shape<S>`, `terms<S>`, `check_options()` as in a loss (losses/loss.hpp). Every loss is a metric, too.
#pragma once

#include <algorithm>

#include "latent/losses/loss.hpp"

namespace latent {

/// The metric that a metric stands for, if that depends on the shapes of outputs and targets (see Accuracy).
template <class Metric, class Output, class Target>
struct MetricFor : std::type_identity<Metric> {};

/// Which of the numbers is the largest; of equal ones the first.
template <class Scalar>
Index index_of_largest(const Scalar* first, Index count) {
  return std::max_element(first, first + count) - first;
}

}  // namespace latent
