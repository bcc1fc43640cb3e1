// Batches for models with several inputs or outputs, out of the numbers of a reference.
#pragma once

#include <latent/latent.hpp>
#include <tuple>

#include "keras/reference.hpp"

namespace keras {

/// Tensors<...>, which a model is given, refers to others; these are in a std::tuple.
template <class Several>
struct Owned : std::type_identity<Several> {};
template <class... T>
struct Owned<latent::Tensors<T...>> : std::type_identity<std::tuple<T...>> {};

/// Rows [first, first + count) of each, as samples of these shapes.
template <class Several, class Shapes>
typename Owned<Several>::type batches(const std::vector<std::vector<double>>& all, const Shapes& shapes,
                                      Index first = 0, Index count = -1) {
  typename Owned<Several>::type made;
  std::size_t next = 0;
  const auto fill = [&]<class Tensor>(Tensor& tensor) {
    tensor = rows<Tensor>(all.at(next), shapes[next], first, count);
    ++next;
  };
  std::apply([&](auto&... tensor) { (fill(tensor), ...); }, latent::detail::each(made));
  return made;
}

template <int rank, class Scalar>
const latent::Tensor<rank, Scalar>& referred(const latent::Tensor<rank, Scalar>& tensor) {
  return tensor;
}
template <class... T>
latent::Tensors<T...> referred(const std::tuple<T...>& several) {
  return std::apply([](const T&... tensor) { return latent::Tensors<T...>(tensor...); }, several);
}

}  // namespace keras
