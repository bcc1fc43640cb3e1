/// BatchNormalization<options...>: mean 0 and variance 1 for each channel over the whole batch, then a scale and a
/// shift that are learned.
///
///     y = gamma * x^ + beta,   x^ = (x - mean) / sqrt(variance + epsilon)
///
/// In training mean and variance are those of the batch, over its samples, rows and columns; the step then moves
///     moving_mean = momentum * moving_mean + (1 - momentum) * mean        and moving_variance likewise,
/// which are used at inference. Options: Momentum<...> (default 0.99), Epsilon<...> (default 1e-3), NoCenter
/// (no beta), NoScale (no gamma).
/// Input shape: any; output shape the same.
/// gamma (channels), ones; beta (channels), zeros; not trained: moving_mean (channels), zeros, and moving_variance
/// (channels), ones.
/// https://keras.io/api/layers/normalization_layers/batch_normalization/
/// S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015
#pragma once

#include <cmath>

#include "latent/layers/layer.hpp"

namespace latent {

template <class... Options>
struct BatchNormalization {
  static constexpr const char* class_name = "BatchNormalization";
  static constexpr const char* default_name = "batch_normalization";
  static constexpr double momentum = OptionOf<Momentum<0.99>, Options...>::momentum;
  static constexpr double epsilon = OptionOf<Epsilon<1e-3>, Options...>::epsilon;
  static constexpr bool center = !is_among<NoCenter, Options...>;
  static constexpr bool scale = !is_among<NoScale, Options...>;

  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    static constexpr bool undoes_previous = true;

    static constexpr ParameterSpec spec(const char* name, Initializer initializer, bool trainable) {
      ParameterSpec made{name, {channels}, 1, initializer};
      made.trainable = trainable;
      return made;
    }
    static constexpr std::size_t gamma = 0, beta = scale, moving_mean = beta + center,
                                 moving_variance = moving_mean + 1;
    static constexpr auto parameters = [] {
      std::array<ParameterSpec, moving_variance + 1> specs{};
      if (scale) specs[gamma] = spec("gamma", Initializer::ones, true);
      if (center) specs[beta] = spec("beta", Initializer::zeros, true);
      specs[moving_mean] = spec("moving_mean", Initializer::zeros, false);
      specs[moving_variance] = spec("moving_variance", Initializer::ones, false);
      return specs;
    }();

    // ---- statistics of the batch: a count, and for each channel four numbers

    static constexpr Index count = 0, mean = 1, squares = mean + channels,  // the sum of (x - mean)^2
        sum_dz = squares + channels, sum_dz_x = sum_dz + channels;          // the sums of dz and of dz * x^
    static constexpr Index statistics_size = sum_dz_x + channels;

    /// Joins the mean and the squares of some values to those of others: T. Chan, G. Golub, R. LeVeque, "Updating
    /// formulae and a pairwise algorithm for computing sample variances", 1979.
    template <class V>
    static void join(double n, V& its_mean, V& its_squares, double other_n, const V& other_mean,
                     const V& other_squares) {
      const V difference = other_mean - its_mean;
      its_mean += difference * (other_n / (n + other_n));
      its_squares += other_squares + difference * difference * (n * (other_n / (n + other_n)));
    }

    static void gather(auto x, double* s) {
      const double n = static_cast<double>(x.samples * height * width);
      simd::for_each_vector<Scalar, channels, simd::lanes<double>>([&]<int L>(Index c) {
        simd::Vec<double, L> its_mean{}, its_squares{};
        for_pixels(x.samples, [&](Index sample, Index row, Index column) {
          its_mean += in_double<L>(x.pixel(sample, row, column) + c);
        });
        its_mean /= n;
        for_pixels(x.samples, [&](Index sample, Index row, Index column) {
          const auto difference = in_double<L>(x.pixel(sample, row, column) + c) - its_mean;
          its_squares += difference * difference;
        });
        auto all_mean = simd::load<L>(s + mean + c), all_squares = simd::load<L>(s + squares + c);
        join(s[count], all_mean, all_squares, n, its_mean, its_squares);
        simd::store(s + mean + c, all_mean), simd::store(s + squares + c, all_squares);
      });
      s[count] += n;
    }

    static void join(const double* other, double* s) {
      for (Index c = 0; c < channels; ++c) {
        join(s[count], s[mean + c], s[squares + c], other[count], other[mean + c], other[squares + c]);
        s[sum_dz + c] += other[sum_dz + c], s[sum_dz_x + c] += other[sum_dz_x + c];
      }
      s[count] += other[count];
    }

    static void remember(const auto& p, const double* s) {
      const auto move = [](Scalar& moving, double to) {
        moving = static_cast<Scalar>(momentum * static_cast<double>(moving) + (1 - momentum) * to);
      };
      for (Index c = 0; c < channels; ++c)
        move(p[moving_mean][c], s[mean + c]), move(p[moving_variance][c], s[squares + c] / s[count]);
    }

    // ---- mean and 1 / sqrt(variance + epsilon): of the batch, or prepared from the moving averages

    static constexpr Index prepared_size = 2 * channels, scratch_size = 5 * channels;
    static void prepare(const auto& p, Scalar* prepared) {
      std::copy_n(p[moving_mean], channels, prepared);
      for (Index c = 0; c < channels; ++c)
        prepared[channels + c] = inverse_root(static_cast<double>(p[moving_variance][c]));
    }
    static Scalar inverse_root(double variance) { return static_cast<Scalar>(1 / std::sqrt(variance + epsilon)); }

    struct Moments {
      Scalar *mean, *inverse;
      explicit Moments(const auto& p) : mean(p.scratch), inverse(p.scratch + channels) {
        const double* s = p.call.batch_statistics;
        for (Index c = 0; c < channels; ++c) {
          mean[c] = p.call.training ? static_cast<Scalar>(s[On::mean + c]) : p.prepared[c];
          inverse[c] = p.call.training ? inverse_root(s[squares + c] / s[count]) : p.prepared[channels + c];
        }
      }
    };

    static void forward(const auto& p, auto x, auto y, auto) {
      const Moments moments(p);
      Scalar *factor = p.scratch + 2 * channels, *shift = factor + channels;
      for (Index c = 0; c < channels; ++c) {
        factor[c] = scale ? moments.inverse[c] * p[gamma][c] : moments.inverse[c];
        shift[c] = center ? p[beta][c] : Scalar(0);
      }
      for_pixels(x.samples, [&](Index n, Index row, Index column) {
        simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
          const auto difference = simd::load<L>(x.pixel(n, row, column) + c) - simd::load<L>(moments.mean + c);
          simd::store(y.pixel(n, row, column) + c, difference * simd::load<L>(factor + c) + simd::load<L>(shift + c));
        });
      });
    }

    /// dgamma += the sum of dz * x^, dbeta += the sum of dz; both also for the input gradient, which needs them of the
    /// batch.
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      const Moments moments(dp);
      double* s = dp.call.lane_statistics;
      simd::for_each_vector<Scalar, channels, simd::lanes<double>>([&]<int L>(Index c) {
        const auto its_mean = in_double<L>(moments.mean + c), inverse = in_double<L>(moments.inverse + c);
        simd::Vec<double, L> sum{}, sum_x{};
        for_pixels(x.samples, [&](Index n, Index row, Index column) {
          const auto gradient = in_double<L>(dz.pixel(n, row, column) + c);
          sum += gradient;
          sum_x += gradient * (in_double<L>(x.pixel(n, row, column) + c) - its_mean);
        });
        sum_x *= inverse;
        const auto add = [&]<class T>(T* to, const simd::Vec<double, L>& what) {
          simd::store(to + c, simd::load<L>(to + c) + simd::convert<simd::Vec<T, L>>(what));
        };
        if constexpr (scale) add(dp[gamma], sum_x);
        if constexpr (center) add(dp[beta], sum);
        if (dp.call.training) add(s + sum_dz, sum), add(s + sum_dz_x, sum_x);
      });
    }

    /// mean and variance depend on every x of the batch, of which a channel has N:
    ///     dx = gamma / sqrt(variance + epsilon) * (dz - sum(dz) / N - x^ sum(dz * x^) / N)
    /// At inference they are constants: the sums are left out.
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      const Moments moments(p);
      Scalar *factor = p.scratch + 2 * channels, *constant = factor + channels, *slope = constant + channels;
      const double* s = p.call.batch_statistics;
      for (Index c = 0; c < channels; ++c) {
        factor[c] = scale ? moments.inverse[c] * p[gamma][c] : moments.inverse[c];
        constant[c] = p.call.training ? static_cast<Scalar>(s[sum_dz + c] / s[count]) : Scalar(0);
        slope[c] = p.call.training ? static_cast<Scalar>(s[sum_dz_x + c] / s[count]) * moments.inverse[c] : Scalar(0);
      }
      for_pixels(x.samples, [&](Index n, Index row, Index column) {
        simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
          const auto value = simd::load<L>(x.pixel(n, row, column) + c);
          const auto rest = simd::load<L>(dz.pixel(n, row, column) + c) - simd::load<L>(constant + c) -
                            (value - simd::load<L>(moments.mean + c)) * simd::load<L>(slope + c);
          simd::store(dx.pixel(n, row, column) + c, rest * simd::load<L>(factor + c) * previous.derivative(value));
        });
      });
    }

   private:
    template <class Visit>
    [[gnu::always_inline]] static void for_pixels(Index samples, const Visit& visit) {
      for (Index n = 0; n < samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column) visit(n, row, column);
    }
    template <int L>
    [[gnu::always_inline]] static simd::Vec<double, L> in_double(const Scalar* from) {
      return simd::convert<simd::Vec<double, L>>(simd::load<L>(from));
    }
  };

  static_assert(momentum >= 0 && momentum <= 1, "latent: BatchNormalization's momentum is within 0..1");
  static_assert(epsilon > 0, "latent: BatchNormalization's epsilon is more than 0");
  static_assert(options_are<Kinds<MomentumKind, EpsilonKind, NoCenter, NoScale>, Options...>,
                "latent: BatchNormalization's options are Momentum<...>, Epsilon<...>, NoCenter, NoScale");
  static_assert(each_option_once<Options...>, "latent: BatchNormalization got two options of one kind");
};

}  // namespace latent
