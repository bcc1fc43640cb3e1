/// Tensors the user sees: dense, row-major, images as NHWC (number, height, width, channels).
#pragma once

#include <unsupported/Eigen/CXX11/Tensor>

namespace latent {

using Index = Eigen::Index;

/// `Tensor<4>` is a batch of images (number, height, width, channels) in float, `Tensor<2, double>` a matrix in double.
/// A new tensor is not filled; use `.setZero()` or assign to every element.
template <int Rank, class Scalar = float>
using Tensor = Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>;

/// Scalars in one sample (one image, one row) of a batch: the product of all dimensions but the first.
template <class Scalar, int Rank>
Index sample_size(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& batch) {
  Index size = 1;
  for (std::size_t axis = 1; axis < Rank; ++axis) size *= batch.dimension(axis);
  return size;
}

/// The samples `[first, first + count)` of a batch, copied.
template <class Scalar, int Rank>
Tensor<Rank, Scalar> slice(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& batch, Index first, Index count) {
  auto dimensions = batch.dimensions();
  dimensions[0] = count;
  Tensor<Rank, Scalar> part(dimensions);
  std::copy_n(batch.data() + first * sample_size(batch), part.size(), part.data());
  return part;
}

}  // namespace latent
