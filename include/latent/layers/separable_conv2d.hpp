/// SeparableConv2D<filters, kernel_size, options...>: a convolution in two steps, of every channel by itself with m
/// filters for each (DepthwiseConv2D), and of their results with 1 x 1 pixels.
///
///     h[o][p][c m + q] = sum_{a, b} x[o s + a d - before][p s + b d - before][c] * depthwise_kernel[a][b][c][q]
///     y[o][p][f]       = activation(bias[f] + sum_k h[o][p][k] * pointwise_kernel[0][0][k][f])
///
/// (s strides, d dilation). Options, in any order: Same | Valid (default), Strides<2>, Dilation<2>, DepthMultiplier<m>
/// (default 1), an activation (default Linear), NoBias, DepthwiseInitializer<...>, PointwiseInitializer<...>,
/// BiasInitializer<...>, DepthwiseRegularizer<...>, PointwiseRegularizer<...>, BiasRegularizer<...>,
/// ActivityRegularizer<...>. Nobody keeps h: the backward pass computes it again, and its gradient twice.
/// Input shape (height, width, channels); output shape (new height, new width, filters).
/// depthwise_kernel (kernel height, kernel width, channels, m) and pointwise_kernel (1, 1, channels * m, filters), Glorot
/// uniform; bias (filters), zeros.
/// https://keras.io/api/layers/convolution_layers/separable_convolution2d/
#pragma once

#include "latent/kernels/matrix.hpp"
#include "latent/layers/depthwise.hpp"

namespace latent {

struct PointwiseInitializerKind;
struct PointwiseRegularizerKind;

/// How the 1 x 1 kernel starts.
template <class How>
struct PointwiseInitializer : How {
  using kind = PointwiseInitializerKind;
};
/// The regularizer of the 1 x 1 kernel.
template <class Regularizer>
struct PointwiseRegularizer : Regularizer {
  using kind = PointwiseRegularizerKind;
};

template <Index filters, Size kernel_size, class... Options>
struct SeparableConv2D : detail::Depthwise<kernel_size, Options...> {
  static constexpr const char* class_name = "SeparableConv2D";
  static constexpr const char* default_name = "separable_conv2d";
  using activation = OptionOf<Linear, Options...>;
  static constexpr Penalty activity_penalty = OptionOf<ActivityRegularizer<L2<0.0>>, Options...>::penalty;
  using Depthwise = detail::Depthwise<kernel_size, Options...>;  ///< The first of the two convolutions.

  template <class S>
  using complaint = FirstOf<Unless<filters >= 1, AlreadyReported>, typename Depthwise::template complaint<S>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr kernels::Convolution convolution = Depthwise::template convolution<InputShape>;
    static constexpr Index middle = convolution.filters;  // channels of h
    static constexpr bool use_bias = Depthwise::use_bias;
    using output_shape = Shape<convolution.rows.output, convolution.columns.output, filters>;
    static constexpr Border input_border = convolution.input_border();
    static constexpr bool undoes_previous = true;

    static constexpr auto parameters = [] {
      constexpr ParameterSpec depthwise = Depthwise::kernel("depthwise_kernel", InputShape::channels);
      constexpr ParameterSpec pointwise{"pointwise_kernel",
                                        {1, 1, middle, filters},
                                        4,
                                        OptionOf<PointwiseInitializer<GlorotUniform>, Options...>::initializer,
                                        OptionOf<PointwiseRegularizer<L2<0.0>>, Options...>::penalty};
      if constexpr (use_bias)
        return std::array{depthwise, pointwise, Depthwise::bias(filters)};
      else
        return std::array{depthwise, pointwise};
    }();

    /// The pointwise kernel and the transposed one, as products read them; and the depthwise one, which weight_gradient
    /// would not see otherwise.
    static constexpr Index transposed = middle * filters, depthwise = 2 * transposed;
    static constexpr Index prepared_size = depthwise + convolution.taps() * middle;
    static void prepare(const auto& p, Scalar* prepared) {
      const Scalar* from = p[1];
      kernels::pack_weights<middle, filters>(
          1, [=](Index, Index k, Index f) { return from[k * filters + f]; }, prepared);
      kernels::pack_weights<filters, middle>(
          1, [=](Index, Index f, Index k) { return from[k * filters + f]; }, prepared + transposed);
      std::copy_n(p[0], convolution.taps() * middle, prepared + depthwise);
    }

    /// h of one sample, then its gradient with the border that the depthwise convolution wants.
    using H = Layout<Shape<convolution.rows.output, convolution.columns.output, middle>>;
    using DH = Layout<typename H::shape, convolution.gradient_border()>;
    static constexpr Index scratch_size = H::size + DH::size;

    /// Sample n of a view, alone.
    template <class S, class L>
    static View<S, L> only(View<S, L> view, Index n) {
      return {view.data + n * L::size, 1};
    }
    static View<const Scalar, H> compute_h(const auto& p, auto x) {
      const View<Scalar, H> h(p.scratch, 1);
      kernels::depthwise::forward<convolution>(x, p.prepared + depthwise, nullptr, h, StoreActivated<Linear>{});
      return h;
    }
    /// dh[k] = sum_f dz[f] * pointwise_kernel[0][0][k][f]
    static View<const Scalar, DH> compute_dh(const auto& p, auto dz) {
      const View<Scalar, DH> dh(p.scratch + H::size, 1);
      std::fill_n(dh.data, DH::size, Scalar(0));
      const Scalar* nothing = nullptr;
      const auto product = [&](const Scalar* from, Scalar* to, Index pixels) {
        kernels::matrix_product<filters, middle>(from, p.prepared + transposed, nothing, to, pixels);
      };
      kernels::for_runs(product, dz, dh);
      return dh;
    }

    static void forward(const auto& p, auto x, auto y, auto activation) {
      const Scalar* b = nullptr;
      if constexpr (use_bias) b = p[2];
      const auto product = [&](const Scalar* from, Scalar* to, Index pixels) {
        kernels::matrix_product<middle, filters>(from, p.prepared, b, to, pixels);
      };
      for (Index n = 0; n < x.samples; ++n) kernels::for_runs(product, compute_h(p, only(x, n)), only(y, n));
      apply_activation(y, activation);
    }

    /// dpointwise_kernel[0][0][k][f] += sum_{o, p} h[o][p][k] * dz[o][p][f],   dbias[f] += sum_{o, p} dz[o][p][f]
    /// ddepthwise_kernel[a][b][c][q] += sum_{o, p} x[o s + a d - before][p s + b d - before][c] * dh[o][p][c m + q]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      const auto add = [&](const Scalar* inputs, const Scalar* gradients, Index pixels) {
        kernels::matrix_gradient<middle, filters>(inputs, gradients, dp[1], pixels);
        if constexpr (use_bias) kernels::sum_rows<filters>(gradients, dp[2], pixels);
      };
      for (Index n = 0; n < x.samples; ++n) {
        kernels::for_runs(add, compute_h(dp, only(x, n)), only(dz, n));
        kernels::depthwise::weight_gradient<convolution>(only(x, n), compute_dh(dp, only(dz, n)), dp[0]);
      }
    }

    /// dx[i][j][c] = sum of dh[o][p][c m + q] * depthwise_kernel[a][b][c][q] over q and all taps (a, b) through which
    /// h[o][p] saw x[i][j]
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n)
        kernels::depthwise::input_gradient<convolution>(compute_dh(p, only(dz, n)), p[0], only(dx, n),
                                                        UndoActivation(previous, only(x, n)));
    }
  };

  static_assert(filters >= 1, "latent: SeparableConv2D needs at least 1 filter");
  static_assert(SeparableConv2D::is_well_formed());
  static_assert(
      options_are<Kinds<typename Depthwise::kinds, PointwiseInitializerKind, PointwiseRegularizerKind>, Options...>,
      "latent: SeparableConv2D's options are Same, Valid, Strides<...>, Dilation<...>, DepthMultiplier<...>, an "
      "activation, NoBias, DepthwiseInitializer<...>, PointwiseInitializer<...>, BiasInitializer<...>, "
      "DepthwiseRegularizer<...>, PointwiseRegularizer<...>, BiasRegularizer<...>, ActivityRegularizer<...>");
};

}  // namespace latent
