/// Add<"name", ...>: the sum of values.
///
///     y = x_0 + x_1 + ...
///
/// x_0 is the value before the layer. Input and output shapes: layers/merge.hpp.
/// https://keras.io/api/layers/merging_layers/add/
#pragma once

#include "latent/layers/merge.hpp"

namespace latent {

namespace detail {
struct Sum {
  static auto value(auto... x) { return (x + ...); }
  template <std::size_t k>
  static auto gradient(auto dz, auto, auto...) {
    return dz;
  }
};
}  // namespace detail

template <FixedString... names>
struct Add : detail::Merge<detail::Sum, names...> {
  static constexpr const char *class_name = "Add", *default_name = "add";
};

}  // namespace latent
