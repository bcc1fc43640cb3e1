/// Flatten and Reshape<dimensions...>: the layers that only hand values on.
/// https://keras.io/api/layers/reshaping_layers/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

namespace detail {

/// A layer whose result are its inputs in the same order.
template <class OutputShape, class Scalar>
struct InOrder : LayerDefaults {
  using output_shape = OutputShape;

  static void forward(const auto&, auto x, auto y, auto activation) {
    kernels::copy_in_order(x, y);
    apply_activation(y, activation);
  }
  static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) { kernels::copy_in_order(dz, dx); }
};

}  // namespace detail

/// (height, width, channels) -> (height * width * channels), row by row.
struct Flatten {
  static constexpr const char* class_name = "Flatten";
  static constexpr const char* default_name = "flatten";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  struct On : detail::InOrder<Shape<InputShape::size>, Scalar> {};
};

/// The same values in another shape: Reshape<7, 7, 64>.
template <Index... Dimensions>
struct Reshape {
  static constexpr const char* class_name = "Reshape";
  static constexpr const char* default_name = "reshape";
  using shape = Shape<Dimensions...>;  ///< the shape of the result
  template <class S>
  using complaint = Unless<S::size == shape::size, Expects<an_input_with_this_many_values<shape::size>>>;
  template <class InputShape, class Scalar>
  struct On : detail::InOrder<shape, Scalar> {};
};

}  // namespace latent
