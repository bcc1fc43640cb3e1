/// Permute<dims...>: the axes of a sample in another order.
///
///     Permute<2, 1>       y[i][j] = x[j][i]
///     Permute<3, 1, 2>    y[c][row][column] = x[row][column][c]
///
/// Axis k of the output is axis dims[k] of the input, counted from 1 as in Keras (0 is the batch).
/// Input shape: as many axes as dims; output shape the same numbers in the new order.
/// https://keras.io/api/layers/reshaping_layers/permute/
#pragma once

#include "latent/layers/layer.hpp"

namespace latent {

namespace detail {
/// Whether the numbers are 1, 2, ... up to their count, each once.
constexpr bool are_all_axes(std::span<const int> numbers) {
  for (int axis = 1; axis <= static_cast<int>(numbers.size()); ++axis)
    if (std::count(numbers.begin(), numbers.end(), axis) != 1) return false;
  return !numbers.empty();
}
}  // namespace detail

template <int... dims>
struct Permute {
  static constexpr const char* class_name = "Permute";
  static constexpr const char* default_name = "permute";
  static constexpr int rank = sizeof...(dims);  ///< how many axes the samples have
  /// the axis that comes to each place, counted from 1 as in Keras
  static constexpr std::array<int, array_size(rank)> order{dims...};

  /// Whether each axis is there once.
  static constexpr bool has_every_axis() { return detail::are_all_axes(order); }
  template <class S>
  using complaint =
      FirstOf<Unless<has_every_axis(), AlreadyReported>, Unless<S::rank == rank, Expects<an_input_with_these_axes>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = Shape<InputShape::dimensions[static_cast<std::size_t>(dims - 1)]...>;

    /// Calls visit(a value of x, where it is in y) for all values of sample n. Places are (row, column, channel); the
    /// axes that a sample has are the last ones of the three.
    static void for_values(auto x, auto y, Index n, const auto& visit) {
      constexpr Index skipped = 3 - rank;
      for (Index row = 0; row < y.height; ++row)
        for (Index column = 0; column < y.width; ++column)
          for (Index c = 0; c < y.channels; ++c) {
            const std::array to{row, column, c};
            std::array<Index, 3> from{};
            for (Index k = 0; k < rank; ++k)
              from[static_cast<std::size_t>(skipped + order[static_cast<std::size_t>(k)] - 1)] =
                  to[static_cast<std::size_t>(skipped + k)];
            visit(x.pixel(n, from[0], from[1])[from[2]], y.pixel(n, row, column)[c]);
          }
    }

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n) for_values(x, y, n, [](Scalar from, Scalar& to) { to = from; });
    }

    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      for (Index n = 0; n < dz.samples; ++n) for_values(dx, dz, n, [](Scalar& to, Scalar from) { to = from; });
    }
  };

  static_assert(has_every_axis(), "latent: Permute's dims are the numbers 1, 2, ... up to that of the axes, each once");
};

}  // namespace latent
