/// Tensors the user sees: dense, row-major, images as NHWC (number, height, width, channels).
#pragma once

#include <algorithm>
#include <type_traits>

#include "latent/core/check.hpp"

// GCC 12 takes the "undefined" vectors inside AVX-512 intrinsics, in Eigen's square root, for a mistake of ours.
#pragma GCC diagnostic push
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <unsupported/Eigen/CXX11/Tensor>
#pragma GCC diagnostic pop

namespace latent {

/// The type of sizes and indices, signed.
using Index = Eigen::Index;

/// The size of an array, which C++ wants without a sign.
constexpr std::size_t array_size(Index count) { return static_cast<std::size_t>(count); }

/// `Tensor<4>` is a batch of images (number, height, width, channels) in float, `Tensor<2, double>` a matrix in double.
/// A new tensor is not filled; use `.setZero()` or assign to every element.
template <int Rank, class Scalar = float>
using Tensor = Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>;

/// A tensor of these dimensions, not filled. Throws OutOfMemory.
template <class T>
[[gnu::cold]] T new_tensor(const typename T::Dimensions& dimensions) {
  try {
    return T(dimensions);
  } catch (const std::bad_alloc&) {
    double bytes = sizeof(typename T::Scalar);
    for (const Index dimension : dimensions) bytes *= static_cast<double>(dimension);
    throw OutOfMemory(bytes);
  }
}

/// Scalars in one sample (one image, one row) of a batch: the product of all dimensions but the first.
template <class Scalar, int Rank>
Index sample_size(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& batch) {
  Index size = 1;
  for (std::size_t axis = 1; axis < Rank; ++axis) size *= batch.dimension(axis);
  return size;
}

/// The samples `[first, first + count)` of a batch, copied: slice(x, 128, 256) is x[128:384] in Python. Throws
/// std::invalid_argument for samples that are not there, and OutOfMemory.
template <class Scalar, int Rank>
[[nodiscard]] Tensor<Rank, Scalar> slice(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& batch, Index first,
                                         Index count) {
  check(first >= 0 && count >= 0 && first <= batch.dimension(0) && count <= batch.dimension(0) - first,
        "slice(batch, first, count): expected samples within 0..", batch.dimension(0), ", received ", count,
        " samples from sample ", first, " on");
  auto dimensions = batch.dimensions();
  dimensions[0] = count;
  auto part = new_tensor<Tensor<Rank, Scalar>>(dimensions);
  std::copy_n(batch.data() + first * sample_size(batch), part.size(), part.data());
  return part;
}

/// Tensors with numbers of another type, as in `images / 255`: Eigen takes those of the tensor's own type alone, 255.0f.
template <class T, class Number>
concept OtherNumberFor = requires { T::NumDimensions; } && std::is_floating_point_v<typename T::Scalar> &&
                         std::is_arithmetic_v<Number> && !std::is_same_v<Number, typename T::Scalar>;

/// The quotient with the number as one of the tensor's type; also for expressions of tensors.
template <class T, class Number>
  requires OtherNumberFor<T, Number>
auto operator/(const T& tensor, Number number) {
  return tensor / static_cast<typename T::Scalar>(number);
}
/// The product, likewise.
template <class T, class Number>
  requires OtherNumberFor<T, Number>
auto operator*(const T& tensor, Number number) {
  return tensor * static_cast<typename T::Scalar>(number);
}
/// The sum, likewise.
template <class T, class Number>
  requires OtherNumberFor<T, Number>
auto operator+(const T& tensor, Number number) {
  return tensor + static_cast<typename T::Scalar>(number);
}
/// The difference, likewise.
template <class T, class Number>
  requires OtherNumberFor<T, Number>
auto operator-(const T& tensor, Number number) {
  return tensor - static_cast<typename T::Scalar>(number);
}

/// The first `count` samples, or all if there are not as many or `count` is 0. Throws std::invalid_argument for one below 0.
template <class Scalar, int Rank>
[[nodiscard]] Tensor<Rank, Scalar> first_of(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& batch, Index count) {
  check(count >= 0, "first_of(batch, count): expected a count of at least 0, received ", count);
  return slice(batch, 0, count > 0 ? std::min(count, batch.dimension(0)) : batch.dimension(0));
}

}  // namespace latent
