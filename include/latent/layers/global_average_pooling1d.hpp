/// GlobalAveragePooling1D<options...>: the mean over all steps, for each channel.
///
///     y[c] = mean over steps of x[step][c]
///
/// Option: KeepDims. Input shape (steps, channels); output shape (channels), with KeepDims (1, channels).
/// https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
#pragma once

#include "latent/layers/global_average_pooling2d.hpp"
#include "latent/layers/sequence.hpp"

namespace latent {

template <class... Options>
struct GlobalAveragePooling1D {
  static constexpr const char* class_name = "GlobalAveragePooling1D";
  static constexpr const char* default_name = "global_average_pooling1d";
  using Image = GlobalAveragePooling2D<Options...>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};
};

}  // namespace latent
