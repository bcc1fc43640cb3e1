/// Conv2DTranspose<filters, kernel_size, options...>: transposed convolution, the input gradient of a Conv2D used forwards.
///
///     y[i][j][f] = activation(bias[f] + sum of x[o][p][c] * kernel[a][b][f][c] over c and all o s + a - before = i,
///                                                                                      p s + b - before = j)
///
/// Every input pixel adds its kernel to s pixels further on; with strides of 2 an image doubles. Options, in any order:
/// Same | Valid (default), Strides<2>, OutputPadding<1>, an activation (default Linear), NoBias,
/// KernelInitializer<...>, BiasInitializer<...>, regularizers, Kernel<...>.
/// Input shape (height, width, channels); output shape (new height, new width, filters), for n inputs on an axis:
///     Same   n s,                         or (n - 1) s + k % 2 + p with OutputPadding<p>, where 1 <= k % 2 + p <= s
///     Valid  (n - 1) s + max(k, s),       or (n - 1) s + k + p, where p < s
/// kernel (kernel height, kernel width, filters, channels), Glorot uniform; bias (filters), zeros.
/// https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
#pragma once

#include "latent/kernels/conv2d.hpp"
#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Index filters, Size kernel_size, class... Options>
struct Conv2DTranspose {
  static constexpr const char* class_name = "Conv2DTranspose";
  static constexpr const char* default_name = "conv2d_transpose";
  static constexpr Padding padding = OptionOf<Valid, Options...>::padding;
  static constexpr Size stride = OptionOf<Strides<1>, Options...>::stride;
  static constexpr Size output_padding = OptionOf<OutputPadding<-1>, Options...>::output_padding;  // -1: none given
  static constexpr bool use_bias = !is_among<NoBias, Options...>;
  using activation = OptionOf<Linear, Options...>;
  static constexpr Penalty activity_penalty = OptionOf<ActivityRegularizer<L2<0.0>>, Options...>::penalty;

  /// The size of the result: n pixels, kernel k, stride s, output padding p (-1: none given).
  static constexpr Index output_size(Index n, Index k, Index s, Index p) {
    if (padding == Padding::same) return p < 0 ? n * s : (n - 1) * s + k % 2 + p;
    return (n - 1) * s + (p < 0 ? std::max(k, s) : k + p);
  }
  /// Whether Keras takes output padding p with kernel k and stride s.
  static constexpr bool fits(Index k, Index s, Index p) {
    return p == -1 || (padding == Padding::same ? 1 <= k % 2 + p && k % 2 + p <= s : 0 <= p && p < s);
  }
  /// Whether the output padding fits kernel and strides.
  static constexpr bool output_padding_fits = fits(kernel_size.height, stride.height, output_padding.height) &&
                                              fits(kernel_size.width, stride.width, output_padding.width);

  template <class S>
  using complaint = FirstOf<
      Unless<filters >= 1 && at_least_1(kernel_size) && at_least_1(stride) && output_padding_fits, AlreadyReported>,
      Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape =
        Shape<output_size(InputShape::height, kernel_size.height, stride.height, output_padding.height),
              output_size(InputShape::width, kernel_size.width, stride.width, output_padding.width), filters>;

    /// The convolution whose input gradient this layer is: from this layer's output to its input.
    static constexpr kernels::Convolution convolution{
        {output_shape::height, kernel_size.height, stride.height, padding},
        {output_shape::width, kernel_size.width, stride.width, padding},
        filters,
        InputShape::channels};
    using rung = OptionOf<kernels::FastestKernel<convolution, Scalar>, Options...>;
    static_assert(
        rung::template fits<convolution>,
        "latent: that Kernel<...> cannot do this convolution: winograd is for kernels of 3 x 3 with strides of 1");

    static constexpr Border input_border = rung::template gradient_border<convolution>;
    static constexpr Border gradient_border = rung::template input_border<convolution>;
    static constexpr Index prepared_size = rung::template prepared_size<convolution>;
    static constexpr Index scratch_size = rung::template scratch_size<convolution>;
    static constexpr bool undoes_previous = true;

    static constexpr std::array<Index, 4> kernel_shape{kernel_size.height, kernel_size.width, filters,
                                                       InputShape::channels};
    static constexpr auto parameters = kernel_and_bias<Options...>(kernel_shape, 4, filters);

    static void prepare(const auto& p, Scalar* prepared) { rung::template prepare<convolution>(p[0], prepared); }

    static void forward(const auto& p, auto x, auto y, auto activation) {
      const Scalar* b = nullptr;
      if constexpr (use_bias) b = p[1];
      rung::template input_gradient<convolution>(x, {p[0], b, p.prepared + rung::template gradient_offset<convolution>},
                                                 y, p.scratch, StoreActivated<decltype(activation)>{});
      if constexpr (!activation.cheap) apply_activation(y, activation);
    }

    /// dkernel[a][b][f][c] += sum_{o, p} dz[o s + a - before][p s + b - before][f] * x[o][p][c]
    /// dbias[f]            += sum_{i, j} dz[i][j][f]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      rung::template weight_gradient<convolution>(dz, x, dp[0], dp.scratch);
      if constexpr (use_bias)
        for (Index n = 0; n < dz.samples; ++n) kernels::sum_pixels(dz, n, dp[1]);
    }

    /// dx[o][p][c] = sum_{a, b, f} dz[o s + a - before][p s + b - before][f] * kernel[a][b][f][c]
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      rung::template forward<convolution>(dz, {p[0], nullptr, p.prepared}, dx, p.scratch, UndoActivation(previous, x));
    }
  };

  static_assert(filters >= 1, "latent: Conv2DTranspose needs at least 1 filter");
  static_assert(at_least_1(kernel_size), "latent: Conv2DTranspose's kernel_size is at least 1");
  static_assert(at_least_1(stride), "latent: Conv2DTranspose's strides are at least 1");
  static_assert(output_padding_fits,
                "latent: Conv2DTranspose's OutputPadding<p> is less than the strides; with Same, "
                "1 <= kernel_size % 2 + p <= strides");
  static_assert(
      options_are<Kinds<PaddingKind, StridesKind, OutputPaddingKind, KernelKind, KernelAndBiasKinds>, Options...>,
      "latent: Conv2DTranspose's options are Same, Valid, Strides<...>, OutputPadding<...>, an activation, NoBias, "
      "KernelInitializer<...>, BiasInitializer<...>, regularizers, Kernel<...>");
  static_assert(each_option_once<Options...>, "latent: Conv2DTranspose got two options of one kind");
};

}  // namespace latent
