/// weighted(metric): a metric in which each sample counts as much as its sample_weight says. Keras's weighted_metrics:
///
///     compile(model, Adam{}, BinaryCrossentropy{}, Accuracy{}, weighted(Accuracy{}))    "accuracy", "weighted_accuracy"
///
/// sum(w_n m_n) / sum(w_n). It has the metric's name, with the prefix "weighted_" if that name is already used.
#pragma once

#include "latent/metrics/metric.hpp"

namespace latent {

template <class Metric>
struct Weighted : Metric {};

/// A metric that counts each sample by its weight, as Keras's weighted_metrics.
template <class Metric>
Weighted<Metric> weighted(const Metric& metric) {
  return {metric};
}

template <class Metric, class Output, class Target>
struct MetricFor<Weighted<Metric>, Output, Target>
    : std::type_identity<Weighted<typename MetricFor<Metric, Output, Target>::type>> {};

/// Whether a metric counts samples by their weights.
template <class Metric>
inline constexpr bool is_weighted = false;
/// This one does.
template <class Metric>
inline constexpr bool is_weighted<Weighted<Metric>> = true;

}  // namespace latent
