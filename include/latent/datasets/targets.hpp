/// The targets of the images of a source.
#pragma once

#include "latent/core/source.hpp"
#include "latent/datasets/labels.hpp"

namespace latent::datasets {

/// Y is Tensor<4>: the images themselves, for an auto-encoder; Tensor<1>: the numbers of their classes; Tensor<2>: a row of
/// num_classes numbers each, 1 at the class.
template <class Y>
typename Source<Tensor<4>, Y>::Batch with_targets(Tensor<4> images, const std::vector<int>& labels, Index num_classes) {
  if constexpr (std::is_same_v<Y, Tensor<4>>) {
    return {std::move(images)};
  } else if constexpr (std::is_same_v<Y, Tensor<1>>) {
    return {std::move(images), as_tensor(labels)};
  } else {
    static_assert(std::is_same_v<Y, Tensor<2>>, "latent: the targets of images are Tensor<4>, Tensor<1> or Tensor<2>");
    return {std::move(images), to_categorical(labels, num_classes)};
  }
}

}  // namespace latent::datasets
