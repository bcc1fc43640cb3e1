/// Concatenate<"name", ...>: values side by side, the value before the layer first.
///
///     y[row][column] = (x_0[row][column], x_1[row][column], ...)      the channels of the first, those of the second ...
///
/// Along another axis with Axis{...}, counted as in Keras: `Concatenate<"name", Axis{1}>` puts images below each other,
/// Axis{2} beside each other.
/// Input shapes: equal except along that axis; output shape the same with the sum along it.
/// https://keras.io/api/layers/merging_layers/concatenate/
#pragma once

#include <tuple>

#include "latent/kernels/simd.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

/// An axis of a batch, `Concatenate<Axis{1}, "fine">`.
struct Axis {
  int number;  ///< 0 is that of the batch; -1 is the last
};

namespace detail {

/// A name, or an axis in its place.
template <std::size_t count>
struct NameOrAxis {
  char characters[count]{};
  int axis = 0;
  bool is_name = false;
  // NOLINTBEGIN: the conversions are the point
  constexpr NameOrAxis(const char (&literal)[count]) : is_name(true) { std::copy_n(literal, count, characters); }
  constexpr NameOrAxis(Axis a) : axis(a.number) {}
  // NOLINTEND
};
template <std::size_t count>
NameOrAxis(const char (&)[count]) -> NameOrAxis<count>;
NameOrAxis(Axis) -> NameOrAxis<1>;

}  // namespace detail

template <detail::NameOrAxis... of>
struct Concatenate {
  static constexpr const char *class_name = "Concatenate", *default_name = "concatenate";

  static constexpr std::size_t named = (std::size_t{of.is_name} + ... + 0);  ///< How many of the arguments are names.
  struct reads {
    static constexpr bool value_before = true;  ///< The value before is read, too.
    /// the names among the arguments
    static constexpr std::array<const char*, named> names = [] {
      std::array<const char*, named> found{};
      std::size_t next = 0;
      ((of.is_name ? void(found[next++] = of.characters) : void()), ...);
      return found;
    }();
  };
  /// The axis, counted as in Keras: 0 is that of the batch, -1 the last one.
  static constexpr int axis = named == sizeof...(of) ? -1 : (0 + ... + of.axis);

  /// Which of height, width and channels grows: 0, 1, 2.
  template <class S>
  static constexpr int grows = (axis < 0 ? S::rank + axis : axis - 1) + 3 - S::rank;

  template <class S>
  struct Side;
  /// The result of inputs of these shapes.
  template <class First, class... S>
  struct Side<Shapes<First, S...>> {
    static constexpr int along = grows<First>;  ///< which of height, width and channels grows: 0, 1, 2
    /// Whether the shapes agree in all the other axes.
    static constexpr bool fits =
        along >= 3 - First::rank && along < 3 &&
        ((S::rank == First::rank && (along == 0 || S::height == First::height) &&
          (along == 1 || S::width == First::width) && (along == 2 || S::channels == First::channels)) &&
         ...);
    static constexpr Index height = along == 0 ? (First::height + ... + S::height) : First::height;
    static constexpr Index width = along == 1 ? (First::width + ... + S::width) : First::width;
    static constexpr Index channels = along == 2 ? (First::channels + ... + S::channels) : First::channels;
    /// the shape of the result
    using shape = std::conditional_t<First::rank == 3, Shape<height, width, channels>,
                                     std::conditional_t<First::rank == 2, Shape<width, channels>, Shape<channels>>>;
  };
  template <class S>
  using complaint = Unless<Side<S>::fits, Expects<values_of_shapes_that_can_be_joined>>;

  template <class S, class Scalar>
  struct On : LayerDefaults {
    using output_shape = typename Side<S>::shape;
    static constexpr int along = Side<S>::along;

    static void forward(const auto&, auto x, auto y, auto) {
      for_parts(x, y, [](const Scalar* part, Scalar* whole, auto channels) { copy<channels>(part, whole); });
    }
    /// dx_k is its part of dz
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      for_parts(dx, dz, [](Scalar* part, const Scalar* whole, auto channels) { copy<channels>(whole, part); });
    }

   private:
    template <Index channels>
    static void copy(const Scalar* from, Scalar* to) {
      simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) { simd::store(to + c, simd::load<L>(from + c)); });
    }
    /// Calls visit(pixel of a part, its place in the whole, its channels) for every pixel of every part.
    template <class Visit>
    static void for_parts(const auto& parts, const auto& whole, const Visit& visit) {
      Index first = 0;  // rows, columns or channels of the parts before
      const auto look = [&]<class Part>(const Part& part) {
        for (Index n = 0; n < part.samples; ++n)
          for (Index row = 0; row < Part::height; ++row)
            for (Index column = 0; column < Part::width; ++column)
              visit(part.pixel(n, row, column),
                    whole.pixel(n, row + (along == 0 ? first : 0), column + (along == 1 ? first : 0)) +
                        (along == 2 ? first : 0),
                    std::integral_constant<Index, Part::channels>{});
        first += along == 0 ? Part::height : along == 1 ? Part::width : Part::channels;
      };
      std::apply([&](const auto&... part) { (look(part), ...); }, parts);
    }
  };

  static_assert(((of.is_name || of.axis != 0) && ...),
                "latent: Concatenate's axis 0 is that of the batch; the first of a sample is 1");
  static_assert(named >= 1, "latent: Concatenate<...> names at least one value besides the one before it");
  static_assert(sizeof...(of) - named <= 1, "latent: Concatenate<...> has one axis");
};

}  // namespace latent
