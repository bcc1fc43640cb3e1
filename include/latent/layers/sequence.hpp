/// What the layers for sequences share. A sequence (steps, channels) is an image of one row, so Conv1D, MaxPooling1D
/// and the others are the layers for images on that.
#pragma once

#include "latent/layers/layer.hpp"

namespace latent::detail {

/// The image of one row that a sequence is.
template <class S>
using OneRow = Shape<1, S::width, S::channels>;

/// Whether an option has one number, for the steps; Strides<2, 1> is for images.
template <class Option>
inline constexpr bool is_for_steps = true;
template <Index rows, Index columns>
inline constexpr bool is_for_steps<Strides<rows, columns>> = rows == columns;
template <Index rows, Index columns>
inline constexpr bool is_for_steps<Dilation<rows, columns>> = rows == columns;
template <Index rows, Index columns>
inline constexpr bool is_for_steps<OutputPadding<rows, columns>> = rows == columns;

/// Of an option for sequences, the one for images of one row.
template <class Option>
struct OnOneRow {
  using type = Option;
};
template <Index steps>
struct OnOneRow<Strides<steps>> {
  using type = Strides<1, steps>;
};
template <Index steps>
struct OnOneRow<OutputPadding<steps>> {
  using type = OutputPadding<0, steps>;
};
template <class Option>
using AlongTheRow = typename OnOneRow<Option>::type;

/// Of a convolution's parameters, the kernel without its axis of the rows.
template <class Specs>
constexpr Specs without_rows(Specs specs) {
  auto& kernel = specs[0];
  kernel.dimensions = {kernel.dimensions[1], kernel.dimensions[2], kernel.dimensions[3]}, kernel.rank = 3;
  return specs;
}

/// What a layer for sequences expects, made of a layer for images.
template <class ImageLayer, class S>
using SequenceComplaint = FirstOf<Unless<S::rank == 2, Expects<a_sequence_of_steps_channels>>,
                                  typename ImageLayer::template complaint<OneRow<S>>>;

/// What a model asks of a convolution before it is bound to a shape, as the one for images has it.
template <class ImageLayer>
struct SequenceConvolution {
  using Image = ImageLayer;
  using activation = typename ImageLayer::activation;
  static constexpr Penalty activity_penalty = ImageLayer::activity_penalty;
};

/// A layer for images, bound to a sequence.
template <class ImageLayer, class S, class Scalar>
struct OnSequence : ImageLayer::template On<OneRow<S>, Scalar> {
  using Image = typename ImageLayer::template On<OneRow<S>, Scalar>::output_shape;
  using output_shape = std::conditional_t<Image::rank == 1, Image, Shape<Image::width, Image::channels>>;
};

}  // namespace latent::detail
