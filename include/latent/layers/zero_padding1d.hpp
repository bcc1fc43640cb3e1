/// ZeroPadding1D<before, after>: steps of zeros before and after a sequence. One number stands for both sides; 1 by default.
///
///     y[step + before][c] = x[step][c], all else 0
///
/// Input shape (steps, channels); output shape (before + steps + after, channels).
/// https://keras.io/api/layers/reshaping_layers/zero_padding1d/
#pragma once

#include "latent/layers/sequence.hpp"
#include "latent/layers/zero_padding2d.hpp"

namespace latent {

template <Index before = 1, Index after = before>
struct ZeroPadding1D {
  static constexpr const char* class_name = "ZeroPadding1D";
  static constexpr const char* default_name = "zero_padding1d";
  using Image = ZeroPadding2D<Border{.left = before, .right = after}>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {};
};

}  // namespace latent
