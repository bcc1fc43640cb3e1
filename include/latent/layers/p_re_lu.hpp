/// PReLU<options...>: a leaky ReLU that learns its slopes, one for each value of a sample.
///
///     y = x for x > 0, else alpha * x                (the derivatives at 0 are 0, as Keras has it)
///
/// Options: SharedAxes<...>, the axes along which all values have one slope, counted as in Keras: of an image 1 are the
/// rows, 2 the columns, so SharedAxes<1, 2> gives each channel a slope. AlphaInitializer<...>, AlphaRegularizer<...>.
/// Input shape: any; output shape the same.
/// alpha (that shape, with 1 for each shared axis), zeros.
/// https://keras.io/api/layers/activation_layers/prelu/
/// K. He et al., "Delving deep into rectifiers", ICCV 2015
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

struct SharedAxesKind;
struct AlphaInitializerKind;
struct AlphaRegularizerKind;

/// The axes along which one slope serves all, counted from 1 as in Keras: SharedAxes<1, 2> for images.
template <int... numbers>
struct SharedAxes {
  using kind = SharedAxesKind;
  static constexpr std::array<int, sizeof...(numbers)> shared_axes{numbers...};  ///< the axes
};
/// How the slopes start.
template <class How>
struct AlphaInitializer : How {
  using kind = AlphaInitializerKind;
};
/// The regularizer of the slopes.
template <class Regularizer>
struct AlphaRegularizer : Regularizer {
  using kind = AlphaRegularizerKind;
};

template <class... Options>
struct PReLU {
  static constexpr const char* class_name = "PReLU";
  static constexpr const char* default_name = "p_re_lu";
  static constexpr auto shared_axes = OptionOf<SharedAxes<>, Options...>::shared_axes;

  /// Whether one slope serves all along that axis.
  static constexpr bool shares(int axis) {
    return std::find(shared_axes.begin(), shared_axes.end(), axis) != shared_axes.end();
  }
  static constexpr bool are_axes(int rank) {
    return std::all_of(shared_axes.begin(), shared_axes.end(), [=](int axis) { return axis >= 1 && axis <= rank; });
  }
  template <class S>
  using complaint = Unless<are_axes(S::rank), Expects<an_input_with_these_axes>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr int rank = InputShape::rank;
    using Alpha = kernels::Along<InputShape, rank == 3 && !shares(1), rank >= 2 && !shares(rank - 1), !shares(rank)>;
    static constexpr bool undoes_previous = true;

    static constexpr std::array parameters{[] {
      ParameterSpec alpha{"alpha",
                          {},
                          rank,
                          OptionOf<AlphaInitializer<Zeros>, Options...>::initializer,
                          OptionOf<AlphaRegularizer<L2<0.0>>, Options...>::penalty};
      for (int axis = 1; axis <= rank; ++axis) {
        const auto i = static_cast<std::size_t>(axis - 1);
        alpha.dimensions[i] = shares(axis) ? 1 : InputShape::dimensions[i];
      }
      return alpha;
    }()};

    static void forward(const auto& p, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto value = simd::load<L>(x.pixel(n, row, column) + c);
          const auto leaked = value * Alpha::template load<L>(p[0], row, column, c);
          simd::store(y.pixel(n, row, column) + c, value > 0 ? value : leaked);
        });
    }

    /// dalpha += the sum of dz * x over the values that are less than 0 and have that slope
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      for (Index n = 0; n < x.samples; ++n)
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto value = simd::load<L>(x.pixel(n, row, column) + c);
          const simd::Vec<Scalar, L> product = simd::load<L>(dz.pixel(n, row, column) + c) * value, zero{};
          Alpha::template add<L>(dp[0], row, column, c, value < 0 ? product : zero);
        });
    }

    /// dx = dz for x > 0, alpha * dz for x < 0
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n)
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto value = simd::load<L>(x.pixel(n, row, column) + c);
          const auto alpha = Alpha::template load<L>(p[0], row, column, c);
          const simd::Vec<Scalar, L> zero{}, one = zero + 1, leaked = value < 0 ? alpha : zero;
          simd::store(dx.pixel(n, row, column) + c, simd::load<L>(dz.pixel(n, row, column) + c) *
                                                        (value > 0 ? one : leaked) * previous.derivative(value));
        });
    }
  };

  static_assert(options_are<Kinds<SharedAxesKind, AlphaInitializerKind, AlphaRegularizerKind>, Options...>,
                "latent: PReLU's options are SharedAxes<...>, AlphaInitializer<...>, AlphaRegularizer<...>");
  static_assert(each_option_once<Options...>, "latent: PReLU got two options of one kind");
};

}  // namespace latent
