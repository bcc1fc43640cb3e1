/// Conv2D<filters, kernel_size, options...>: two-dimensional convolution (correlation, as in Keras).
///
///     y[o][p][f] = activation(bias[f] + sum_{a, b, c} x[o s + a - before][p s + b - before][c] * kernel[a][b][c][f])
///
/// Options, in any order: Same | Valid (default), Strides<2>, an activation (default Linear), NoBias.
/// Input shape (height, width, channels); output shape (new height, new width, filters).
/// kernel (kernel height, kernel width, channels, filters), Glorot uniform; bias (filters), zeros.
/// https://keras.io/api/layers/convolution_layers/convolution2d/
#pragma once

#include "latent/kernels/conv2d_tiled.hpp"
#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

template <Index filters, Size kernel_size, class... Options>
struct Conv2D {
  static constexpr const char* class_name = "Conv2D";
  static constexpr const char* default_name = "conv2d";
  static constexpr Padding padding = PaddingOf<Valid, Options...>::padding;
  static constexpr Size stride = StridesOf<Strides<1>, Options...>::stride;
  static constexpr bool use_bias = has_bias<Options...>;

  template <class S>
  using complaint =
      FirstOf<Unless<filters >= 1 && at_least_1(kernel_size) && at_least_1(stride), AlreadyReported>,
              Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>,
              Unless<padding == Padding::same || (S::height >= kernel_size.height && S::width >= kernel_size.width),
                     Expects<an_input_at_least_as_large_as_its_window>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index channels = InputShape::channels;
    static constexpr kernels::Axis rows{InputShape::height, kernel_size.height, stride.height, padding};
    static constexpr kernels::Axis columns{InputShape::width, kernel_size.width, stride.width, padding};
    using output_shape = Shape<rows.output, columns.output, filters>;
    using activation = ActivationOf<Linear, Options...>;

    static constexpr Border input_border{rows.before, rows.after, columns.before, columns.after};
    static constexpr Border gradient_border{rows.gradient_before(), rows.gradient_after(), columns.gradient_before(),
                                            columns.gradient_after()};

    static constexpr Index window = kernel_size.height * kernel_size.width;
    static constexpr std::array<Index, 4> kernel_shape{kernel_size.height, kernel_size.width, channels, filters};
    static constexpr ParameterSpec kernel{
        "kernel", kernel_shape, 4, Initializer::glorot_uniform, window * channels, window * filters};
    static constexpr ParameterSpec bias{"bias", {filters}, 1, Initializer::zeros};
    static constexpr auto parameters = kernel_and_bias<use_bias>(kernel, bias);

    /// The correlation of x, in layout X, that gives y (or meets dz) in layout Y.
    template <class X, class Y>
    static constexpr kernels::Conv2DSizes sizes{.height = rows.output,
                                                .width = columns.output,
                                                .channels = channels,
                                                .filters = filters,
                                                .kernel = kernel_size,
                                                .stride = stride,
                                                .x_row = X::row_step,
                                                .x_pixel = X::pixel_step,
                                                .y_row = Y::row_step,
                                                .y_pixel = Y::pixel_step};

    template <class P, class X, class Y, class Act>
    static void forward(const P& p, View<const Scalar, X> x, View<Scalar, Y> y, Act) {
      const Scalar* start = nullptr;
      if constexpr (use_bias) start = p[1];
      for (Index n = 0; n < x.samples; ++n)
        kernels::correlate<sizes<X, Y>>(x.pixel(n, -rows.before, -columns.before), p[0], start, y.sample(n),
                                        StoreActivated<Act>{});
      if constexpr (!Act::cheap) apply_activation<Act>(y);
    }

    /// dkernel[a][b][c][f] += sum_{o, p} x[o s + a - before][p s + b - before][c] * dz[o][p][f]
    /// dbias[f]            += sum_{o, p} dz[o][p][f]
    template <class P, class X, class Z>
    static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dz, const P& dp) {
      for (Index n = 0; n < x.samples; ++n) {
        kernels::correlate_gradient<sizes<X, Z>>(x.pixel(n, -rows.before, -columns.before), dz.sample(n), dp[0]);
        if constexpr (use_bias) kernels::sum_pixels(dz, n, dp[1]);
      }
    }

    // The input gradient is a correlation of dz with the kernel turned around, its channels and filters exchanged, for
    // each remainder (i, j) of the pixel's position modulo the strides apart; see kernels::Axis::phase.
    static constexpr Index prepared_size = window * channels * filters;
    static constexpr bool undoes_previous = true;

    template <class P>
    static void prepare(const P& p, Scalar* prepared) {
      for (Index i = 0; i < stride.height; ++i)
        for (Index j = 0; j < stride.width; ++j) {
          const Index taps_y = rows.phase(i).taps, taps_x = columns.phase(j).taps;
          for (Index a = 0; a < taps_y; ++a)
            for (Index b = 0; b < taps_x; ++b) {
              const Index ky = i + stride.height * (taps_y - 1 - a), kx = j + stride.width * (taps_x - 1 - b);
              const Scalar* from = p[0] + (ky * kernel_size.width + kx) * channels * filters;
              for (Index f = 0; f < filters; ++f)
                for (Index c = 0; c < channels; ++c) *prepared++ = from[c * filters + f];
            }
        }
    }

    template <class P, class X, class Y, class Z, class DX, class Previous>
    static void input_gradient(const P& p, View<const Scalar, X> x, View<const Scalar, Y>, View<const Scalar, Z> dz,
                               View<Scalar, DX> dx, Previous) {
      const Scalar* turned = p.prepared;
      [&]<Index... r>(std::integer_sequence<Index, r...>) {
        ((phase_gradient<r / stride.width, r % stride.width, Previous>(turned, x, dz, dx),
          turned += rows.phase(r / stride.width).taps * columns.phase(r % stride.width).taps * channels * filters),
         ...);
      }
      (std::make_integer_sequence<Index, stride.height * stride.width>{});
    }

    template <Index i>
    static constexpr kernels::Axis::Phase down = rows.phase(i);
    template <Index j>
    static constexpr kernels::Axis::Phase across = columns.phase(j);

    /// The entries of dx at the positions down<i>.first + stride.height * row, across<j>.first + stride.width * column.
    template <Index i, Index j, class Previous, class X, class Z, class DX>
    static void phase_gradient(const Scalar* turned, View<const Scalar, X> x, View<const Scalar, Z> dz,
                               View<Scalar, DX> dx) {
      constexpr kernels::Conv2DSizes turned_sizes{.height = down<i>.count,
                                                  .width = across<j>.count,
                                                  .channels = filters,
                                                  .filters = channels,
                                                  .kernel = {down<i>.taps, across<j>.taps},
                                                  .stride = 1,
                                                  .x_row = Z::row_step,
                                                  .x_pixel = Z::pixel_step,
                                                  .y_row = stride.height * DX::row_step,
                                                  .y_pixel = stride.width * DX::pixel_step};
      if constexpr (turned_sizes.height > 0 && turned_sizes.width > 0)
        for (Index n = 0; n < dz.samples; ++n)
          kernels::correlate<turned_sizes>(
              dz.pixel(n, down<i>.start, across<j>.start), turned, static_cast<const Scalar*>(nullptr),
              dx.pixel(n, down<i>.first, across<j>.first),
              [=]<int L>(simd::Vec<Scalar, L> gradient, Index row, Index column, Index c) {
                if constexpr (std::is_same_v<Previous, Linear>)
                  return gradient;
                else
                  return gradient *
                         Previous::derivative(simd::load<L>(
                             x.pixel(n, down<i>.first + stride.height * row, across<j>.first + stride.width * column) +
                             c));
              });
    }
  };

  static_assert(filters >= 1, "latent: Conv2D needs at least 1 filter");
  static_assert(at_least_1(kernel_size), "latent: Conv2D's kernel_size is at least 1");
  static_assert(at_least_1(stride), "latent: Conv2D's strides are at least 1");
  static_assert(((PaddingTag<Options> || StridesTag<Options> || ActivationTag<Options> || BiasTag<Options>)&&...),
                "latent: Conv2D's options are Same, Valid, Strides<...>, an activation, NoBias");
  static_assert(each_option_once<Options...>, "latent: Conv2D got two options of one kind");
};

}  // namespace latent
