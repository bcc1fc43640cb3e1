/// Cropping1D<before, after>: removes steps at the beginning and at the end of a sequence. One number stands for both sides;
/// 1 by default.
///
///     y[step][c] = x[step + before][c]
///
/// Input shape (steps, channels); output shape (steps - before - after, channels).
/// https://keras.io/api/layers/reshaping_layers/cropping1d/
#pragma once

#include "latent/layers/cropping2d.hpp"
#include "latent/layers/sequence.hpp"

namespace latent {

template <Index before = 1, Index after = before>
struct Cropping1D {
  static constexpr const char* class_name = "Cropping1D";
  static constexpr const char* default_name = "cropping1d";
  using Image = Cropping2D<Border{.left = before, .right = after}>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};
};

}  // namespace latent
