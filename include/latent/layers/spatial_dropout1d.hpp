/// SpatialDropout1D<rate>: in training every channel of a sequence is 0 with probability `rate`, at all steps, and the others
/// grow so that the mean stays. At inference y = x.
///
///     y[step][c] = x[step][c] * mask[c],   mask = 0 with probability rate, else 1 / (1 - rate)
///
/// Input shape (steps, channels); output shape the same.
/// https://keras.io/api/layers/regularization_layers/spatial_dropout1d/
#pragma once

#include "latent/layers/sequence.hpp"
#include "latent/layers/spatial_dropout2d.hpp"

namespace latent {

template <Real rate>
struct SpatialDropout1D {
  static constexpr const char* class_name = "SpatialDropout1D";
  static constexpr const char* default_name = "spatial_dropout1d";
  using Image = SpatialDropout2D<rate>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};
};

}  // namespace latent
