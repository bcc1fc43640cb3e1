/// UpSampling1D<size>: every step repeated `size` times, 2 by default.
///
///     y[p][c] = x[p / size][c]
///
/// Input shape (steps, channels); output shape (steps * size, channels).
/// https://keras.io/api/layers/reshaping_layers/up_sampling1d/
#pragma once

#include "latent/layers/sequence.hpp"
#include "latent/layers/up_sampling2d.hpp"

namespace latent {

template <Index size = 2>
struct UpSampling1D {
  static constexpr const char* class_name = "UpSampling1D";
  static constexpr const char* default_name = "up_sampling1d";
  using Image = UpSampling2D<Size{1, std::max<Index>(size, 1)}>;

  template <class S>
  using complaint = FirstOf<Unless<size >= 1, AlreadyReported>, detail::SequenceComplaint<Image, S>>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};

  static_assert(size >= 1, "latent: UpSampling1D's size is at least 1");
};

}  // namespace latent
