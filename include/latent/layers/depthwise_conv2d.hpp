/// DepthwiseConv2D<kernel_size, options...>: a convolution of every channel by itself, with m filters for each.
///
///     y[o][p][c m + q] = activation(bias[c m + q] + sum_{a, b} x[o s + a d - before][p s + b d - before][c] *
///                                                              kernel[a][b][c][q])
///
/// (s strides, d dilation). Options, in any order: Same | Valid (default), Strides<2>, DepthMultiplier<m> (default 1),
/// Dilation<2>, an activation (default Linear), NoBias, DepthwiseInitializer<...>, BiasInitializer<...>,
/// DepthwiseRegularizer<...>, BiasRegularizer<...>, ActivityRegularizer<...>. Fast with m = 1 (kernels/depthwise.hpp).
/// Input shape (height, width, channels); output shape (new height, new width, channels * m).
/// kernel (kernel height, kernel width, channels, m), Glorot uniform; bias (channels * m), zeros.
/// https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/
#pragma once

#include "latent/layers/depthwise.hpp"

namespace latent {

template <Size kernel_size, class... Options>
struct DepthwiseConv2D : detail::Depthwise<kernel_size, Options...> {
  static constexpr const char* class_name = "DepthwiseConv2D";
  static constexpr const char* default_name = "depthwise_conv2d";
  using activation = OptionOf<Linear, Options...>;
  static constexpr Penalty activity_penalty = OptionOf<ActivityRegularizer<L2<0.0>>, Options...>::penalty;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr kernels::Convolution convolution = DepthwiseConv2D::template convolution<InputShape>;
    static constexpr bool use_bias = DepthwiseConv2D::use_bias;
    using output_shape = Shape<convolution.rows.output, convolution.columns.output, convolution.filters>;
    static constexpr Border input_border = convolution.input_border(), gradient_border = convolution.gradient_border();
    static constexpr bool undoes_previous = true;

    static constexpr auto parameters = [] {
      constexpr ParameterSpec kernel = DepthwiseConv2D::kernel("kernel", InputShape::channels);
      if constexpr (use_bias)
        return std::array{kernel, DepthwiseConv2D::bias(convolution.filters)};
      else
        return std::array{kernel};
    }();

    static void forward(const auto& p, auto x, auto y, auto activation) {
      const Scalar* b = nullptr;
      if constexpr (use_bias) b = p[1];
      kernels::depthwise::forward<convolution>(x, p[0], b, y, StoreActivated<decltype(activation)>{});
      if constexpr (!activation.cheap) apply_activation(y, activation);
    }

    /// dkernel[a][b][c][q] += sum_{o, p} x[o s + a d - before][p s + b d - before][c] * dz[o][p][c m + q]
    /// dbias[f]            += sum_{o, p} dz[o][p][f]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      kernels::depthwise::weight_gradient<convolution>(x, dz, dp[0]);
      if constexpr (use_bias)
        for (Index n = 0; n < dz.samples; ++n) kernels::sum_pixels(dz, n, dp[1]);
    }

    /// dx[i][j][c] = sum of dz[o][p][c m + q] * kernel[a][b][c][q] over q and all taps (a, b) through which y[o][p] saw
    /// x[i][j]
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      kernels::depthwise::input_gradient<convolution>(dz, p[0], dx, UndoActivation(previous, x));
    }
  };

  static_assert(DepthwiseConv2D::is_well_formed());
  static_assert(
      options_are<typename DepthwiseConv2D::kinds, Options...>,
      "latent: DepthwiseConv2D's options are Same, Valid, Strides<...>, DepthMultiplier<...>, Dilation<...>, an "
      "activation, NoBias, DepthwiseInitializer<...>, BiasInitializer<...>, DepthwiseRegularizer<...>, "
      "BiasRegularizer<...>, ActivityRegularizer<...>");
};

}  // namespace latent
