/// Conv1DTranspose<filters, kernel_size, options...>: transposed convolution along the steps of a sequence, the input gradient
/// of a Conv1D used forwards.
///
///     y[i][f] = activation(bias[f] + sum of x[p][c] * kernel[b][f][c] over c and all p s + b - before = i)
///
/// Options: those of Conv2DTranspose. With Same and strides of 2 a sequence becomes twice as long.
/// Input shape (steps, channels); output shape (new steps, filters), as Conv2DTranspose has them for an axis.
/// kernel (kernel size, filters, channels), Glorot uniform; bias (filters), zeros.
/// https://keras.io/api/layers/convolution_layers/convolution1d_transpose/
#pragma once

#include "latent/layers/conv2d_transpose.hpp"
#include "latent/layers/sequence.hpp"

namespace latent {

template <Index filters, Index kernel_size, class... Options>
struct Conv1DTranspose
    : detail::SequenceConvolution<Conv2DTranspose<filters, Size{1, kernel_size}, detail::AlongTheRow<Options>...>> {
  static constexpr const char* class_name = "Conv1DTranspose";
  static constexpr const char* default_name = "conv1d_transpose";
  using Image = Conv2DTranspose<filters, Size{1, kernel_size}, detail::AlongTheRow<Options>...>;

  template <class S>
  using complaint = detail::SequenceComplaint<Image, S>;
  template <class InputShape, class Scalar>
  struct On : detail::OnSequence<Image, InputShape, Scalar> {
    static constexpr auto parameters = detail::without_rows(detail::OnSequence<Image, InputShape, Scalar>::parameters);
  };

  static_assert((detail::is_for_steps<Options> && ...),
                "latent: the options of a layer for sequences have one number: Strides<2>, not Strides<2, 1>");
};

}  // namespace latent
