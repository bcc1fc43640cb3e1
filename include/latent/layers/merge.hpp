/// What the layers share that join values element by element: Add, Subtract, Multiply, Average, Maximum, Minimum.
///
///     y[row][column][c] = operation(x_0[row][column][c], x_1[row][column][c], ...)
///
/// x_0 is the value before the layer, the others are those that it names. Where one of them has one row, column or channel
/// and another has more, it counts for all of them; a row of c numbers is an image of 1 x 1 pixels with c channels.
/// Input shapes: each of height, width and channels the same for all, or 1; output shape the largest of each.
/// https://keras.io/api/layers/merging_layers/
#pragma once

#include <tuple>

#include "latent/kernels/simd.hpp"
#include "latent/layers/layer.hpp"

namespace latent::detail {

/// The shape of what is joined, and whether that works.
template <class S>
struct Joined;
template <class... S>
struct Joined<Shapes<S...>> {
  static constexpr int rank = std::max({S::rank...});
  static constexpr Index height = std::max({S::height...}), width = std::max({S::width...}),
                         channels = std::max({S::channels...});
  static constexpr bool fits =
      ((S::rank > 0 && (S::height == height || S::height == 1) && (S::width == width || S::width == 1) &&
        (S::channels == channels || S::channels == 1)) &&
       ...);
  using shape = std::conditional_t<rank == 3, Shape<height, width, channels>,
                                   std::conditional_t<rank == 2, Shape<width, channels>, Shape<channels>>>;
};

/// `Operation` has value(x_0, x_1, ...) and gradient<k>(dz, y, x_0, x_1, ...), the one with respect to x_k, on vectors.
template <class Operation, FixedString... names>
struct Merge {
  using reads = ReadsAlso<names...>;

  template <class S>
  using complaint = Unless<Joined<S>::fits, Expects<values_of_shapes_that_can_be_joined>>;

  template <class S, class Scalar>
  struct On;
  template <class... S, class Scalar>
  struct On<Shapes<S...>, Scalar> : LayerDefaults {
    using output_shape = typename Joined<Shapes<S...>>::shape;
    static constexpr Index height = output_shape::height, width = output_shape::width,
                           channels = output_shape::channels;

    static void forward(const auto&, auto x, auto y, auto) {
      for_vectors(y.samples, [&]<int L>(Index n, Index row, Index column, Index c) {
        std::apply(
            [&](const auto&... from) {
              simd::store(y.pixel(n, row, column) + c, Operation::value(load<L>(from, n, row, column, c)...));
            },
            x);
      });
    }

    /// dx_k = dz * dy/dx_k, added up over all pixels and channels for which x_k counts
    static void input_gradient(const auto&, auto x, auto y, auto dz, auto dx, auto) {
      [&]<std::size_t... k>(std::index_sequence<k...>) {
        (clear(std::get<k>(dx)), ...);
        for_vectors(dz.samples, [&]<int L>(Index n, Index row, Index column, Index c) {
          const auto value = load<L>(y, n, row, column, c), gradient = load<L>(dz, n, row, column, c);
          std::apply(
              [&](const auto&... from) {
                (give<L>(std::get<k>(dx), n, row, column, c,
                         Operation::template gradient<k>(gradient, value, load<L>(from, n, row, column, c)...)),
                 ...);
              },
              x);
        });
      }(std::index_sequence_for<S...>{});
    }

   private:
    template <class Visit>
    [[gnu::always_inline]] static void for_vectors(Index samples, const Visit& visit) {
      for (Index n = 0; n < samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>(
                [&]<int L>(Index c) { visit.template operator()<L>(n, row, column, c); });
    }
    /// Where the numbers lie that belong to a pixel and its channel c.
    template <class V>
    [[gnu::always_inline]] static auto place(const V& v, Index n, Index row, Index column, Index c) {
      return v.pixel(n, V::height == 1 ? 0 : row, V::width == 1 ? 0 : column) + (V::channels == channels ? c : 0);
    }
    template <int L, class V>
    [[gnu::always_inline]] static simd::Vec<Scalar, L> load(const V& v, Index n, Index row, Index column, Index c) {
      if constexpr (V::channels == channels)
        return simd::load<L>(place(v, n, row, column, c));
      else
        return simd::Vec<Scalar, L>{} + *place(v, n, row, column, c);
    }

    template <class V>
    static constexpr bool counts_once = V::height == height && V::width == width && V::channels == channels;
    template <class V>
    static void clear(const V& dx) {
      if constexpr (!counts_once<V>)
        for (Index n = 0; n < dx.samples; ++n)
          for (Index row = 0; row < V::height; ++row)
            std::fill_n(dx.pixel(n, row, 0), V::width * V::channels, Scalar(0));
    }
    template <int L, class V>
    [[gnu::always_inline]] static void give(const V& dx, Index n, Index row, Index column, Index c,
                                            simd::Vec<Scalar, L> gradient) {
      Scalar* const to = place(dx, n, row, column, c);
      if constexpr (counts_once<V>)
        simd::store(to, gradient);
      else if constexpr (V::channels == channels)
        simd::store(to, simd::load<L>(to) + gradient);
      else
        *to += simd::sum<L, Scalar>(gradient);
    }
  };

  static_assert(sizeof...(names) >= 1,
                "latent: a layer that joins values names at least one besides the one before it");
};

}  // namespace latent::detail
