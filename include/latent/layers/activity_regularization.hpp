/// ActivityRegularization<l1, l2>: returns its input and adds a penalty on it to the loss, divided by the batch size.
///
///     y = x,   loss + (l1 sum |x| + l2 sum x^2) / batch size
///
/// The option ActivityRegularizer<...> of a layer does the same without a layer of its own.
/// Input shape any; output shape the same. https://keras.io/api/layers/regularization_layers/activity_regularization/
#pragma once

#include "latent/layers/reshape.hpp"

namespace latent {

template <Real l1, Real l2 = 0>
struct ActivityRegularization {
  static constexpr const char* class_name = "ActivityRegularization";
  static constexpr const char* default_name = "activity_regularization";

  template <class S>
  using complaint = void;

  static constexpr Penalty activity_penalty{l1.value, l2.value};
  /// The layer on an input of that shape: see the layer contract.
  template <class InputShape, class Scalar>
  using On = detail::InOrder<InputShape, Scalar>;

  static_assert(sizeof(L1L2<l1, l2>) > 0);  // which says what is wrong with the factors
};

}  // namespace latent
