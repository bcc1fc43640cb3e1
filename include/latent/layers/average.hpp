/// Average<"name", ...>: the mean of values.
///
///     y = (x_0 + x_1 + ... + x_(n - 1)) / n
///
/// x_0 is the value before the layer. Input and output shapes: layers/merge.hpp.
/// https://keras.io/api/layers/merging_layers/average/
#pragma once

#include "latent/layers/merge.hpp"

namespace latent {

namespace detail {
struct Mean {
  template <class V>
  static V value(V first, auto... x) {
    return (first + ... + x) / static_cast<simd::ScalarOf<V>>(1 + sizeof...(x));
  }
  template <std::size_t k, class V>
  static V gradient(V dz, V, auto... x) {
    return dz / static_cast<simd::ScalarOf<V>>(sizeof...(x));
  }
};
}  // namespace detail

template <FixedString... names>
struct Average : detail::Merge<detail::Mean, names...> {
  static constexpr const char *class_name = "Average", *default_name = "average";
};

}  // namespace latent
