/// Flatten and Reshape<dimensions...>: the layers that only hand values on.
/// https://keras.io/api/layers/reshaping_layers/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

namespace detail {

/// A layer whose result are its inputs in the same order.
template <class OutputShape, class Scalar, class Fused = Linear>
struct InOrder : LayerDefaults {
  using output_shape = OutputShape;
  using activation = Fused;

  template <class P, class X, class Y, class Act>
  static void forward(const P&, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
    kernels::copy_in_order(x, y);
    apply_activation<Act>(y);
  }
  template <class P, class X, class Y, class Z, class DX, class Previous>
  static void input_gradient(const P&, View<const Scalar, X>, View<const Scalar, Y>, View<const Scalar, Z> dz,
                             View<Scalar, DX> dx, Previous) {
    kernels::copy_in_order(dz, dx);
  }
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
  using shape = Shape<Dimensions...>;
  template <class S>
  using complaint = Unless<S::size == shape::size, Expects<an_input_with_this_many_values<shape::size>>>;
  template <class InputShape, class Scalar>
  struct On : detail::InOrder<shape, Scalar> {};
};

}  // namespace latent
