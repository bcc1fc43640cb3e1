/// Multiply<"name", ...>: the product of values.
///
///     y = x_0 * x_1 * ...
///
/// x_0 is the value before the layer. Input and output shapes: layers/merge.hpp.
/// https://keras.io/api/layers/merging_layers/multiply/
#pragma once

#include "latent/layers/merge.hpp"

namespace latent {

namespace detail {
struct Product {
  static auto value(auto... x) { return (x * ...); }
  /// dx_k = dz times the product of the others
  template <std::size_t k>
  static auto gradient(auto dz, auto, auto... x) {
    std::size_t i = 0;
    ((dz = i++ == k ? dz : dz * x), ...);
    return dz;
  }
};
}  // namespace detail

template <FixedString... names>
struct Multiply : detail::Merge<detail::Product, names...> {
  static constexpr const char *class_name = "Multiply", *default_name = "multiply";
};

}  // namespace latent
