/// Several tensors together: what a model with several inputs is given.
#pragma once

#include <tuple>

#include "latent/core/check_shape.hpp"

namespace latent {

/// Refers to several tensors, which must outlive it: `model.predict({images, labels})`.
template <class... T>
struct Tensors {
  std::tuple<const T*...> tensors;  ///< the tensors it refers to
  /// Refers to tensors, which must outlive it.
  Tensors(const T&... given) : tensors(&given...) {}  // NOLINT: the conversion is the point
};

namespace detail {

/// One tensor or several as a tuple of references.
template <int Rank, class Scalar>
auto each(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& tensor) {
  return std::tie(tensor);
}
template <class... T>
auto each(const Tensors<T...>& several) {
  return std::apply([](const T*... tensor) { return std::tie(*tensor...); }, several.tensors);
}
template <class... T>
auto each(const std::tuple<T...>& several) {
  return std::apply([](const T&... tensor) { return std::tie(tensor...); }, several);
}
template <int Rank, class Scalar>
auto each(Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& tensor) {
  return std::tie(tensor);
}
template <class... T>
auto each(std::tuple<T...>& several) {
  return std::apply([](T&... tensor) { return std::tie(tensor...); }, several);
}

/// Where the numbers of each of them begin. (A separate overload for one tensor saves compile time.)
template <int Rank, class Scalar>
std::array<const Scalar*, 1> data_of(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& tensor) {
  return {tensor.data()};
}
template <int Rank, class Scalar>
std::array<Scalar*, 1> data_of(Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& tensor) {
  return {tensor.data()};
}
template <class T>
auto data_of(const Tensors<T>& one) {
  return data_of(*std::get<0>(one.tensors));
}
template <class Several>
auto data_of(Several&& several) {
  return std::apply([](auto&... tensor) { return std::array{tensor.data()...}; }, each(several));
}

/// How many samples, if all are batches of as many samples, of these shapes; otherwise 0.
template <class Several, std::size_t count>
Index samples_of(const Several& several, const std::array<std::span<const Index>, count>& shapes) {
  Index samples = 0;
  std::size_t next = 0;
  bool fits = true;
  const auto look = [&](const auto& tensor) {
    const std::span<const Index> dimensions(tensor.dimensions().data(), tensor.dimensions().size());
    fits = fits && has_shape(dimensions, shapes[next]) && (next == 0 || dimensions[0] == samples);
    samples = dimensions[0];
    ++next;
  };
  std::apply([&](const auto&... tensor) { (look(tensor), ...); }, each(several));
  return fits ? samples : 0;
}

/// Throws std::invalid_argument unless all are batches of as many samples, of these shapes; returns how many. `names`, if
/// there are several, are appended to `what`.
template <int Rank, class Scalar>
[[gnu::cold]] Index check_shapes(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& tensor,
                                 const std::array<std::span<const Index>, 1>& shapes, const std::array<std::string, 1>&,
                                 const std::string& what) {
  check_shape(tensor, shapes[0], what);
  return tensor.dimension(0);
}
template <class T>
[[gnu::cold]] Index check_shapes(const Tensors<T>& one, const std::array<std::span<const Index>, 1>& shapes,
                                 const std::array<std::string, 1>& names, const std::string& what) {
  return check_shapes(*std::get<0>(one.tensors), shapes, names, what);
}
template <class Several, std::size_t count>
[[gnu::cold]] Index check_shapes(const Several& several, const std::array<std::span<const Index>, count>& shapes,
                                 const std::array<std::string, count>& names, const std::string& what) {
  Index samples = 0;
  std::size_t next = 0;
  const auto look = [&](const auto& tensor) {
    const std::string which = text(what, " (", names[next], ")");
    check_shape(tensor, shapes[next], which);
    if (next == 0) samples = tensor.dimension(0);
    check(tensor.dimension(0) == samples, which, ": expected ", samples, " samples, received ", tensor.dimension(0));
    ++next;
  };
  std::apply([&](const auto&... tensor) { (look(tensor), ...); }, each(several));
  return samples;
}

}  // namespace detail

}  // namespace latent
