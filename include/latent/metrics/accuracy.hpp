/// What Keras means by metrics=["accuracy"], chosen by the shapes of outputs and targets:
///
///     one value to a pixel or row     BinaryAccuracy
///     targets without a class axis    SparseCategoricalAccuracy
///     otherwise                       CategoricalAccuracy
#pragma once

#include "latent/metrics/binary_accuracy.hpp"
#include "latent/metrics/categorical_accuracy.hpp"
#include "latent/metrics/sparse_categorical_accuracy.hpp"

namespace latent {

struct Accuracy {
  static constexpr const char* name = "accuracy";
};

/// Chooses the accuracy by the shapes of outputs and targets.
template <class Output, class Target>
struct MetricFor<Accuracy, Output, Target> {
  /// Whether the targets are class numbers.
  static constexpr bool without_class_axis = Target::rank < Output::rank;
  /// The accuracy for several classes.
  using ForClasses = std::conditional_t<without_class_axis, SparseCategoricalAccuracy, CategoricalAccuracy>;
  using type = std::conditional_t<Output::channels == 1, BinaryAccuracy, ForClasses>;  ///< The accuracy chosen.
};

}  // namespace latent
