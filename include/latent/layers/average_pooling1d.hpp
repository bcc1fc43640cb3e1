/// AveragePooling1D<pool_size, options...>: the mean of each window of steps, for each channel.
///
///     y[p][c] = mean over b of x[p s + b - before][c];  padding is not counted.
///
/// Options: Same | Valid (default), Strides<...> (default: the pool size).
/// Input shape (steps, channels); output shape (new steps, channels).
/// https://keras.io/api/layers/pooling_layers/average_pooling1d/
#pragma once

#include "latent/layers/average_pooling2d.hpp"
#include "latent/layers/sequence.hpp"

namespace latent {

template <Index pool_size, class... Options>
struct AveragePooling1D {
  static constexpr const char* class_name = "AveragePooling1D";
  static constexpr const char* default_name = "average_pooling1d";
  using Image = AveragePooling2D<Size{1, pool_size}, Options...>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};

  static_assert((detail::is_for_steps<Options> && ...),
                "latent: the options of a layer for sequences have one number: Strides<2>, not Strides<2, 1>");
};

}  // namespace latent
