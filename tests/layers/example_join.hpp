/// Gate<"name">: the value before it, let through by as much as another value says.
///
///     y[row][column][c] = x[row][column][c] * gate[row][column][c]
///
/// gate is the value of that name. Input shapes: any, the same for both; output shape the same.
#pragma once

#include <latent/layers/layer.hpp>

namespace latent {

template <FixedString name>
struct Gate {
  static constexpr const char* class_name = "Gate";
  static constexpr const char* default_name = "gate";
  using reads = ReadsAlso<name>;  // the value before it, and the one of that name

  template <class S>
  struct Same : std::false_type {};
  template <class A>
  struct Same<Shapes<A, A>> : std::true_type {};
  template <class S>
  using complaint = Unless<Same<S>::value, Expects<values_of_shapes_that_can_be_joined>>;

  template <class S, class Scalar>
  struct On;
  template <class A, class Scalar>
  struct On<Shapes<A, A>, Scalar> : LayerDefaults {
    using output_shape = A;

    static void forward(const auto&, auto both, auto y, auto) {
      const auto [x, gate] = both;
      for (Index n = 0; n < y.samples; ++n)
        for (Index row = 0; row < A::height; ++row)
          for (Index i = 0; i < A::width * A::channels; ++i)
            y.pixel(n, row, 0)[i] = x.pixel(n, row, 0)[i] * gate.pixel(n, row, 0)[i];
    }

    /// dx = dz * gate,  dgate = dz * x
    static void input_gradient(const auto&, auto both, auto, auto dz, auto d_both, auto) {
      const auto [x, gate] = both;
      const auto [dx, d_gate] = d_both;
      for (Index n = 0; n < dz.samples; ++n)
        for (Index row = 0; row < A::height; ++row)
          for (Index i = 0; i < A::width * A::channels; ++i) {
            dx.pixel(n, row, 0)[i] = dz.pixel(n, row, 0)[i] * gate.pixel(n, row, 0)[i];
            d_gate.pixel(n, row, 0)[i] = dz.pixel(n, row, 0)[i] * x.pixel(n, row, 0)[i];
          }
    }
  };
};

}  // namespace latent
