/// GroupNormalization<groups, options...>: mean 0 and variance 1 for each sample and each group of channels, over all
/// pixels, then a scale and a shift for each channel that are learned.
///
///     y = gamma * x^ + beta,   x^ = (x - mean) / sqrt(variance + epsilon)
///
/// Group 0 is the first channels / groups channels, and so on. groups is 32 by default; 1 normalises a sample as a
/// whole, -1 each channel by itself ("instance normalisation"). Nothing depends on the batch: training and inference are
/// the same.
/// Options: Epsilon<...> (default 1e-3), NoCenter (no beta), NoScale (no gamma).
/// Input shape: any, the channels a multiple of the groups; output shape the same.
/// gamma (channels), ones; beta (channels), zeros.
/// https://keras.io/api/layers/normalization_layers/group_normalization/
/// Y. Wu, K. He, "Group normalization", ECCV 2018
#pragma once

#include <cmath>

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Index groups = 32, class... Options>
struct GroupNormalization {
  static constexpr const char* class_name = "GroupNormalization";
  static constexpr const char* default_name = "group_normalization";
  static constexpr double epsilon = OptionOf<Epsilon<1e-3>, Options...>::epsilon;
  static constexpr bool center = !is_among<NoCenter, Options...>;
  static constexpr bool scale = !is_among<NoScale, Options...>;
  /// Whether Keras accepts the number of groups.
  static constexpr bool has_groups = groups >= 1 || groups == -1;

  template <class S>
  using complaint =
      FirstOf<Unless<has_groups, AlreadyReported>, Unless<!has_groups || S::channels % groups == 0,
                                                          Expects<channels_that_make_this_many_equal_groups<groups>>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    static constexpr Index group = groups == -1 ? 1 : channels / groups;  // channels of one
    static constexpr Scalar share = Scalar(1) / static_cast<Scalar>(height * width * group);
    static constexpr bool undoes_previous = true;

    static constexpr auto parameters = [] {
      constexpr ParameterSpec gamma{"gamma", {channels}, 1, Initializer::ones},
          beta{"beta", {channels}, 1, Initializer::zeros};
      if constexpr (scale && center)
        return std::array{gamma, beta};
      else if constexpr (scale || center)
        return std::array{scale ? gamma : beta};
      else
        return std::array<ParameterSpec, 0>{};
    }();

    /// to[c] = the mean of value<L>(row, column, c) over the pixels and over the group of c
    template <class Value>
    static void group_means(Scalar* to, const Value& value) {
      simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
        simd::Vec<Scalar, L> sum{};
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column) sum += value.template operator()<L>(row, column, c);
        simd::store(to + c, sum);
      });
      for (Index first = 0; first < channels; first += group) {
        Scalar sum = 0;
        for (Index c = first; c < first + group; ++c) sum += to[c];
        std::fill_n(to + first, group, sum * share);
      }
    }

    /// The scratch of the passes, for each channel: the mean and 1 / sqrt(variance + epsilon), then two sums.
    static constexpr Index scratch_size = 4 * channels;

    /// x^ of sample n
    template <class X>
    struct Normalised {
      X x;
      Index n;
      Scalar *mean, *inverse;

      Normalised(X inputs, Index sample, Scalar* scratch)
          : x(inputs), n(sample), mean(scratch), inverse(scratch + channels) {
        group_means(
            mean, [&]<int L>(Index row, Index column, Index c) { return simd::load<L>(x.pixel(n, row, column) + c); });
        group_means(inverse, [&]<int L>(Index row, Index column, Index c) {
          const auto d = difference<L>(row, column, c);
          return d * d;
        });
        for (Scalar& v : std::span(inverse, array_size(channels))) v = 1 / std::sqrt(v + static_cast<Scalar>(epsilon));
      }
      template <int L>
      simd::Vec<Scalar, L> difference(Index row, Index column, Index c) const {
        return simd::load<L>(x.pixel(n, row, column) + c) - simd::load<L>(mean + c);
      }
      template <int L>
      simd::Vec<Scalar, L> at(Index row, Index column, Index c) const {
        return difference<L>(row, column, c) * simd::load<L>(inverse + c);
      }
    };

    static void forward(const auto& p, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n) {
        const Normalised<decltype(x)> normalised(x, n, p.scratch);
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          auto value = normalised.template at<L>(row, column, c);
          if constexpr (scale) value *= simd::load<L>(p[0] + c);
          if constexpr (center) value += simd::load<L>(p[scale] + c);
          simd::store(y.pixel(n, row, column) + c, value);
        });
      }
    }

    /// dgamma += the sum of dz * x^, dbeta += the sum of dz, over the pixels
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      for (Index n = 0; n < x.samples; ++n) {
        const Normalised<decltype(x)> normalised(x, n, dp.scratch);
        if constexpr (scale)
          kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
            const auto product =
                simd::load<L>(dz.pixel(n, row, column) + c) * normalised.template at<L>(row, column, c);
            simd::store(dp[0] + c, simd::load<L>(dp[0] + c) + product);
          });
        if constexpr (center) kernels::sum_pixels(dz, n, dp[scale]);
      }
    }

    /// With g = dz * gamma, the means taken over a group as those of x:
    ///     dx = (g - mean(g) - x^ mean(g x^)) / sqrt(variance + epsilon)
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      Scalar *mean_g = p.scratch + 2 * channels, *mean_gx = mean_g + channels;
      for (Index n = 0; n < x.samples; ++n) {
        const Normalised<decltype(x)> normalised(x, n, p.scratch);
        const auto g = [&]<int L>(Index row, Index column, Index c) {
          const auto d = simd::load<L>(dz.pixel(n, row, column) + c);
          if constexpr (scale)
            return d * simd::load<L>(p[0] + c);
          else
            return d;
        };
        group_means(mean_g, g);
        group_means(mean_gx, [&]<int L>(Index row, Index column, Index c) {
          return g.template operator()<L>(row, column, c) * normalised.template at<L>(row, column, c);
        });
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto rest = g.template operator()<L>(row, column, c) - simd::load<L>(mean_g + c) -
                            normalised.template at<L>(row, column, c) * simd::load<L>(mean_gx + c);
          simd::store(dx.pixel(n, row, column) + c,
                      rest * simd::load<L>(normalised.inverse + c) *
                          previous.derivative(simd::load<L>(x.pixel(n, row, column) + c)));
        });
      }
    }
  };

  static_assert(has_groups, "latent: GroupNormalization's groups are at least 1, or -1 for one for each channel");
  static_assert(epsilon > 0, "latent: GroupNormalization's epsilon is more than 0");
  static_assert(options_are<Kinds<EpsilonKind, NoCenter, NoScale>, Options...>,
                "latent: GroupNormalization's options are Epsilon<...>, NoCenter, NoScale");
  static_assert(each_option_once<Options...>, "latent: GroupNormalization got two options of one kind");
};

}  // namespace latent
