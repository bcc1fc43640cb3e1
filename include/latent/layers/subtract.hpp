/// Subtract<"name", ...>: the value before it minus another one.
///
///     y = x_0 - x_1
///
/// x_0 is the value before the layer. Input and output shapes: layers/merge.hpp.
/// https://keras.io/api/layers/merging_layers/subtract/
#pragma once

#include "latent/layers/merge.hpp"

namespace latent {

namespace detail {
struct Difference {
  static auto value(auto a, auto b) { return a - b; }
  template <std::size_t k>
  static auto gradient(auto dz, auto, auto...) {
    return k == 0 ? dz : -dz;
  }
};
}  // namespace detail

template <FixedString... names>
struct Subtract : detail::Merge<detail::Difference, names...> {
  static constexpr const char *class_name = "Subtract", *default_name = "subtract";
  static_assert(sizeof...(names) == 1,
                "latent: Subtract<...> names one value, which is subtracted from the one before it");
};

}  // namespace latent
