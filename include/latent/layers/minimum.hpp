/// Minimum<"name", ...>: the smallest of values.
///
///     y = min(x_0, x_1, ...)
///
/// x_0 is the value before the layer. Input and output shapes: layers/merge.hpp.
/// https://keras.io/api/layers/merging_layers/minimum/
#pragma once

#include "latent/layers/merge.hpp"

namespace latent {

namespace detail {
struct Smallest {
  template <class V>
  static V value(V smallest, auto... x) {
    ((smallest = ((x < smallest) | (x != x)) ? x : smallest), ...);  // NaN stays
    return smallest;
  }
  /// dx_k = dz if x_k is the smallest, of equal ones the first; else 0
  template <std::size_t k, class V>
  static V gradient(V dz, V y, auto... x) {
    std::size_t i = 0;
    V mine{};
    ((mine = i++ == k ? (x == y ? dz : V{}) : mine, dz = x == y ? V{} : dz), ...);
    return mine;
  }
};
}  // namespace detail

template <FixedString... names>
struct Minimum : detail::Merge<detail::Smallest, names...> {
  static constexpr const char *class_name = "Minimum", *default_name = "minimum";
};

}  // namespace latent
