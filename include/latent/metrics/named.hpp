/// named<"precision_of_3">(Precision{.class_id = 3}): a metric under another name. Keras's name=.
///
///     compile(model, Adam{}, CategoricalCrossentropy{}, Precision{}, named<"precision_of_3">(Precision{.class_id = 3}))
#pragma once

#include "latent/layers/layer.hpp"
#include "latent/metrics/weighted.hpp"

namespace latent {

/// A metric that has another name.
template <FixedString name_, class Metric>
struct NamedMetric : Metric {
  static constexpr const char* name = name_.characters;  ///< the name given
};

/// A metric that is logged under that name.
template <FixedString name, class Metric>
NamedMetric<name, Metric> named(const Metric& metric) {
  return {metric};
}

template <FixedString name, class Metric, class Output, class Target>
struct MetricFor<NamedMetric<name, Metric>, Output, Target>
    : std::type_identity<NamedMetric<name, typename MetricFor<Metric, Output, Target>::type>> {};

/// A metric under another name counts samples as it did.
template <FixedString name, class Metric>
inline constexpr bool is_weighted<NamedMetric<name, Metric>> = is_weighted<Metric>;

}  // namespace latent
