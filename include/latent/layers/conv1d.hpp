/// Conv1D<filters, kernel_size, options...>: convolution (correlation, as in Keras) along the steps of a sequence.
///
///     y[p][f] = activation(bias[f] + sum_{b, c} x[p s + b d - before][c] * kernel[b][c][f])
///
/// Options: those of Conv2D, and Causal: all padding before the first step, so that no output sees a later input.
/// Input shape (steps, channels); output shape (new steps, filters).
/// kernel (kernel size, channels / groups, filters), Glorot uniform; bias (filters), zeros.
/// https://keras.io/api/layers/convolution_layers/convolution1d/
#pragma once

#include "latent/layers/conv2d.hpp"
#include "latent/layers/sequence.hpp"

namespace latent {

template <Index filters, Index kernel_size, class... Options>
struct Conv1D : detail::SequenceConvolution<Conv2D<filters, Size{1, kernel_size}, Options...>> {
  static constexpr const char* class_name = "Conv1D";
  static constexpr const char* default_name = "conv1d";
  using Image = Conv2D<filters, Size{1, kernel_size}, Options...>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {
    static constexpr auto parameters = detail::without_rows(detail::OnSequence<Image, InputShape, Scalar>::parameters);
  };

  static_assert((detail::is_for_steps<Options> && ...),
                "latent: the options of a layer for sequences have one number: Strides<2>, not Strides<2, 1>");
  static_assert(!is_among<Causal, Options...> || !(is_among<Same, Options...> || is_among<Valid, Options...>),
                "latent: Conv1D got two options of one kind");
};

}  // namespace latent
