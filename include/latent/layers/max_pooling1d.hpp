/// MaxPooling1D<pool_size, options...>: the largest value of each window of steps, for each channel. pool_size is 2 by
/// default.
///
///     y[p][c] = max over b of x[p s + b - before][c];  padding never wins.
///
/// Options: Same | Valid (default), Strides<...> (default: the pool size).
/// Input shape (steps, channels); output shape (new steps, channels).
/// https://keras.io/api/layers/pooling_layers/max_pooling1d/
#pragma once

#include "latent/layers/max_pooling2d.hpp"
#include "latent/layers/sequence.hpp"

namespace latent {

template <Index pool_size = 2, class... Options>
struct MaxPooling1D {
  static constexpr const char* class_name = "MaxPooling1D";
  static constexpr const char* default_name = "max_pooling1d";
  using Image = MaxPooling2D<Size{1, pool_size}, Options...>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};

  static_assert((detail::is_for_steps<Options> && ...),
                "latent: the options of a layer for sequences have one number: Strides<2>, not Strides<2, 1>");
};

}  // namespace latent
