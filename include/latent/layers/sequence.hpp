/// What the layers for sequences share. A sequence (steps, channels) is an image of one row, so Conv1D, MaxPooling1D
/// and UpSampling1D are the layers for images on that.
#pragma once

#include "latent/layers/layer.hpp"

namespace latent::detail {

/// The image of one row that a sequence is.
template <class S>
using OneRow = Shape<1, S::width, S::channels>;

/// What a layer for sequences expects, made of a layer for images.
template <class ImageLayer, class S>
using SequenceComplaint = FirstOf<Unless<S::rank == 2, Expects<a_sequence_of_steps_channels>>,
                                  typename ImageLayer::template complaint<OneRow<S>>>;

/// A layer for images, bound to a sequence.
template <class ImageLayer, class S, class Scalar>
struct OnSequence : ImageLayer::template On<OneRow<S>, Scalar> {
  using Image = typename ImageLayer::template On<OneRow<S>, Scalar>::output_shape;
  using output_shape = Shape<Image::width, Image::channels>;
};

}  // namespace latent::detail
