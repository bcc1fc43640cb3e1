/// Maximum<"name", ...>: the largest of values.
///
///     y = max(x_0, x_1, ...)
///
/// x_0 is the value before the layer. Input and output shapes: layers/merge.hpp.
/// https://keras.io/api/layers/merging_layers/maximum/
#pragma once

#include "latent/layers/merge.hpp"

namespace latent {

namespace detail {
struct Largest {
  template <class V>
  static V value(V largest, auto... x) {
    ((largest = ((x > largest) | (x != x)) ? x : largest), ...);  // NaN stays
    return largest;
  }
  /// dx_k = dz if x_k is the largest, of equal ones the first; else 0
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
struct Maximum : detail::Merge<detail::Largest, names...> {
  static constexpr const char *class_name = "Maximum", *default_name = "maximum";
};

}  // namespace latent
