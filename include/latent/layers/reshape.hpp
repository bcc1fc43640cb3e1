/// Flatten, Reshape<dimensions...> and Activation<A>: the layers that only hand values on.
/// https://keras.io/api/layers/reshaping_layers/, https://keras.io/api/layers/core_layers/activation/
#pragma once

#include "latent/layers/layer.hpp"

namespace latent {

namespace detail {

/// Copies the values of `from` in order, whatever the shapes and borders of both are.
template <class Scalar, class From, class To>
void copy_in_order(View<const Scalar, From> from, View<Scalar, To> to) {
  for (Index n = 0; n < from.samples; ++n) {
    Index row = 0, column = 0;  // in `to`, in scalars
    for (Index r = 0; r < From::height; ++r)
      for (Index left = From::width * From::channels; left > 0;) {
        constexpr Index to_width = To::width * To::channels;
        const Index run = std::min(left, to_width - column);
        std::copy_n(from.pixel(n, r, 0) + From::width * From::channels - left, run, to.pixel(n, row, 0) + column);
        left -= run;
        column += run;
        if (column == to_width) column = 0, ++row;
      }
  }
}

/// A layer whose result are its inputs in the same order.
template <class OutputShape, class Scalar, class Fused = Linear>
struct InOrder : LayerDefaults {
  using output_shape = OutputShape;
  using activation = Fused;

  template <class P, class X, class Y, class Act>
  static void forward(const P&, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
    copy_in_order(x, y);
    apply_activation<Act>(y);
  }
  template <class P, class X, class Y, class Z, class DX, class Previous>
  static void input_gradient(const P&, View<const Scalar, X>, View<const Scalar, Y>, View<const Scalar, Z> dz,
                             View<Scalar, DX> dx, Previous) {
    copy_in_order(dz, dx);
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
  using complaint = std::conditional_t<S::size != shape::size, Expects<an_input_with_this_many_values<shape::size>>, void>;
  template <class InputShape, class Scalar>
  struct On : detail::InOrder<shape, Scalar> {};
};

/// Activation<ReLU>: an activation as a layer of its own.
template <ActivationTag A>
struct Activation {
  static constexpr const char* class_name = "Activation";
  static constexpr const char* default_name = "activation";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  struct On : detail::InOrder<InputShape, Scalar, A> {};
};

}  // namespace latent
