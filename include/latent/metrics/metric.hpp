/// A metric is a number that is watched but not minimised: a struct with
///
///     name                                 Keras's; History, the progress line and the CSV file show it, and
///                                          "val_" + name
///     operator()(y, t, count, channels)    the sum over one sample with `count` predictions y, the last axis of which
///                                          has `channels`, and targets t
///
/// and `target_shape<S>`, `terms<S>`, `check_options()` as in a loss (losses/loss.hpp). Every loss is a metric, too.
///
/// A metric that is no mean over the samples, such as a ratio of two counts or the root of a mean, has instead of operator() and terms
///
///     sums(count, channels)                         how many numbers it adds up over the samples
///     add(y, t, count, channels, weight, sums)      adds one sample to them, which counts `weight`: 1 unless the metric is weighted()
///     value(sums)                                   what they come to; all may be 0
#pragma once

#include <algorithm>
#include <concepts>
#include <span>

#include "latent/losses/loss.hpp"

namespace latent {

/// A metric that is computed from sums over the samples.
template <class Metric>
concept FromSums = requires(const Metric& metric, std::span<const double> sums) {
  { metric.value(sums) } -> std::convertible_to<double>;
};

/// a / b, and 0 where b is 0, as in Keras.
inline double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

/// The metric that a metric stands for, if that depends on the shapes of outputs and targets (see Accuracy).
template <class Metric, class Output, class Target>
struct MetricFor : std::type_identity<Metric> {};

/// Which of the numbers is the largest; of equal ones the first.
template <class Scalar>
Index index_of_largest(const Scalar* first, Index count) {
  return std::max_element(first, first + count) - first;
}

}  // namespace latent
