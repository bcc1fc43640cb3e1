/// LayerNormalization<options...>: mean 0 and variance 1 for each sample on its own, then a scale and a shift that are
/// learned.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///
/// mean and variance are taken over the normalised axes, the last one by default: over the channels of each pixel.
/// Options: Axes<...> (Axes<1, 2, 3> for a whole image), Epsilon<...> (default 1e-3), NoCenter (no beta), NoScale (no
/// gamma). Input shape: any; output shape the same. gamma (the normalised axes), ones; beta (the same), zeros.
/// https://keras.io/api/layers/normalization_layers/layer_normalization/; Ba, Kiros, Hinton, "Layer normalization",
/// 2016
#pragma once

#include <cmath>

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <class... Options>
struct LayerNormalization {
  static constexpr const char* class_name = "LayerNormalization";
  static constexpr const char* default_name = "layer_normalization";
  static constexpr double epsilon = OptionOf<Epsilon<1e-3>, Options...>::epsilon;
  static constexpr auto axes = OptionOf<Axes<-1>, Options...>::axes;
  static constexpr bool center = !is_among<NoCenter, Options...>;
  static constexpr bool scale = !is_among<NoScale, Options...>;

  /// Whether the given axis of an input, counted from 1 as in Keras, is normalised.
  static constexpr bool normalises(int axis, int rank) {
    for (int number : axes)
      if (number == axis || rank + 1 + number == axis) return true;
    return false;
  }
  static constexpr bool are_axes(int rank) {
    for (int number : axes)
      if (number == 0 || number > rank || number < -rank) return false;
    return true;
  }
  template <class S>
  using complaint = Unless<are_axes(S::rank), Expects<an_input_with_these_axes>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    // The axes of the input as those of an image: rows, columns, channels.
    static constexpr int rank = InputShape::rank;
    static constexpr bool over_rows = rank == 3 && normalises(1, 3),
                          over_columns = rank >= 2 && normalises(rank - 1, rank),
                          over_channels = normalises(rank, rank);
    using Weights = kernels::Along<InputShape, over_rows, over_columns, over_channels>;     // gamma, beta
    using Moments = kernels::Along<InputShape, !over_rows, !over_columns, !over_channels>;  // one for each group
    static constexpr Scalar share = static_cast<Scalar>(Moments::size) / static_cast<Scalar>(InputShape::size);

    static constexpr ParameterSpec spec(const char* name, Initializer initializer) {
      ParameterSpec made{name, {}, 0, initializer};
      for (int axis = 1; axis <= rank; ++axis)
        if (normalises(axis, rank))
          made.dimensions[static_cast<std::size_t>(made.rank++)] =
              InputShape::dimensions[static_cast<std::size_t>(axis - 1)];
      return made;
    }
    static constexpr auto parameters = [] {
      constexpr ParameterSpec gamma = spec("gamma", Initializer::ones), beta = spec("beta", Initializer::zeros);
      if constexpr (scale && center)
        return std::array{gamma, beta};
      else if constexpr (scale || center)
        return std::array{scale ? gamma : beta};
      else
        return std::array<ParameterSpec, 0>{};
    }();

    /// The scratch of the passes: for each group the mean and 1 / sqrt(variance + epsilon), then two sums.
    static constexpr Index scratch_size = 4 * Moments::size;

    /// (x - mean) / sqrt(variance + epsilon), for sample n of x.
    template <class X>
    struct Normalised {
      X x;
      Index n;
      Scalar *mean, *inverse;

      Normalised(X inputs, Index sample, Scalar* scratch)
          : x(inputs), n(sample), mean(scratch), inverse(scratch + Moments::size) {
        std::fill(mean, inverse + Moments::size, Scalar(0));
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          Moments::template add<L>(mean, row, column, c, share * simd::load<L>(x.pixel(n, row, column) + c));
        });
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto d = simd::load<L>(x.pixel(n, row, column) + c) - Moments::template load<L>(mean, row, column, c);
          Moments::template add<L>(inverse, row, column, c, share * d * d);
        });
        for (Scalar& v : std::span(inverse, array_size(Moments::size)))
          v = 1 / std::sqrt(v + static_cast<Scalar>(epsilon));
      }
      template <int L>
      simd::Vec<Scalar, L> at(Index row, Index column, Index c) const {
        return (simd::load<L>(x.pixel(n, row, column) + c) - Moments::template load<L>(mean, row, column, c)) *
               Moments::template load<L>(inverse, row, column, c);
      }
    };

    static void forward(const auto& p, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n) {
        const Normalised<decltype(x)> normalised(x, n, p.scratch);
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          auto value = normalised.template at<L>(row, column, c);
          if constexpr (scale) value *= Weights::template load<L>(p[0], row, column, c);
          if constexpr (center) value += Weights::template load<L>(p[scale], row, column, c);
          simd::store(y.pixel(n, row, column) + c, value);
        });
      }
    }

    /// dgamma += the sum of dz * (x - mean) / sqrt(variance + epsilon), dbeta += the sum of dz, over the other axes.
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      for (Index n = 0; n < x.samples; ++n) {
        const Normalised<decltype(x)> normalised(x, n, dp.scratch);
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto d = simd::load<L>(dz.pixel(n, row, column) + c);
          if constexpr (scale)
            Weights::template add<L>(dp[0], row, column, c, d * normalised.template at<L>(row, column, c));
          if constexpr (center) Weights::template add<L>(dp[scale], row, column, c, d);
        });
      }
    }

    /// With g = dz * gamma and x^ the normalised x, the means taken over a group as those of x:
    ///     dx = (g - mean(g) - x^ mean(g x^)) / sqrt(variance + epsilon)
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto) {
      Scalar *mean_g = p.scratch + 2 * Moments::size, *mean_gx = mean_g + Moments::size;
      for (Index n = 0; n < x.samples; ++n) {
        const Normalised<decltype(x)> normalised(x, n, p.scratch);
        const auto g = [&]<int L>(Index row, Index column, Index c) {
          const auto d = simd::load<L>(dz.pixel(n, row, column) + c);
          if constexpr (scale)
            return d * Weights::template load<L>(p[0], row, column, c);
          else
            return d;
        };
        std::fill_n(mean_g, 2 * Moments::size, Scalar(0));
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto here = share * g.template operator()<L>(row, column, c);
          Moments::template add<L>(mean_g, row, column, c, here);
          Moments::template add<L>(mean_gx, row, column, c, here * normalised.template at<L>(row, column, c));
        });
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto rest =
              g.template operator()<L>(row, column, c) - Moments::template load<L>(mean_g, row, column, c) -
              normalised.template at<L>(row, column, c) * Moments::template load<L>(mean_gx, row, column, c);
          simd::store(dx.pixel(n, row, column) + c,
                      rest * Moments::template load<L>(normalised.inverse, row, column, c));
        });
      }
    }
  };

  static_assert(epsilon > 0, "latent: LayerNormalization's epsilon is more than 0");
  static_assert(options_are<Kinds<EpsilonKind, AxesKind, NoCenter, NoScale>, Options...>,
                "latent: LayerNormalization's options are Axes<...>, Epsilon<...>, NoCenter, NoScale");
  static_assert(each_option_once<Options...>, "latent: LayerNormalization got two options of one kind");
};

}  // namespace latent
