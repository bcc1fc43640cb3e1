/// im2col that is never written out.
///
/// Images are NHWC, so for one kernel row the patch under a window is a run of kernel width * channels neighbours:
///
///     x row  | c c c c | c c c c | c c c c | c c c c |        one pixel = `channels` scalars
///            '--------- patch of pixel 0 --'
///                      '--------- patch of pixel 1 --'        a row of im2col's matrix is a pointer into x
///
/// The matrix product on such rows is done in register tiles (tiles.hpp), whose finished sums get their bias and
/// activation on the way to memory. They want the weights in the order in which they read them, "panels".
///
///     input gradient    the same correlation of dy with the kernel turned around (prepared once a step), once for each
///                       remainder of a pixel's position modulo the strides
///     weight gradient   a tile of kernel rows stays in registers while it walks over all pixels
#pragma once

#include "latent/kernels/conv2d_rung.hpp"
#include "latent/kernels/correlate.hpp"

namespace latent {

struct tiled : kernels::Rung {
  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    for (Index n = 0; n < x.samples; ++n)
      kernels::correlate<sizes<C, X, Y>>(
          x.pixel(n, -C.rows.before, -C.columns.before), w.prepared, w.bias, y.sample(n),
          [&finish, n]<int L>(simd::Vec<Scalar, L> sum, Index row, Index column, Index f) {
            return finish.template operator()<L>(sum, n, row, column, f);
          });
  }

  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar*) {
    kernels::correlate_gradient<sizes<C, X, Z>>(x.pixel(0, -C.rows.before, -C.columns.before), X::size, dy.sample(0),
                                                Z::size, dw, x.samples);
  }

  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar*,
                             const Finish& finish) {
    const Scalar* turned = w.prepared;
    [&]<Index... r>(std::integer_sequence<Index, r...>) {
      ((phase_gradient<C, r / C.columns.stride, r % C.columns.stride>(turned, w.bias, dy, dx, finish),
        turned +=
        C.rows.phase(r / C.columns.stride).taps * C.columns.phase(r % C.columns.stride).taps * C.channels * C.filters),
       ...);
    }
    (std::make_integer_sequence<Index, C.rows.stride * C.columns.stride>{});
  }

  template <kernels::Convolution C>
  static constexpr Index forward_prepared = C.weights();
  template <kernels::Convolution C, class Scalar>
  static void prepare_forward(const Scalar* kernel, Scalar* prepared) {
    kernels::pack_weights<C.channels, C.filters, dilation<C>>(
        C.taps(), [=](Index tap, Index c, Index f) { return kernel[(tap * C.channels + c) * C.filters + f]; },
        prepared);
  }

  /// The kernel turned around, its channels and filters exchanged, for each remainder (i, j) apart;
  /// kernels::Axis::phase.
  template <kernels::Convolution C>
  static constexpr Index gradient_prepared = C.weights();
  template <kernels::Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar* kernel, Scalar* prepared) {
    for (Index i = 0; i < C.rows.stride; ++i)
      for (Index j = 0; j < C.columns.stride; ++j) {
        const Index taps_y = C.rows.phase(i).taps, taps_x = C.columns.phase(j).taps;
        const auto turned = [=](Index tap, Index f, Index c) {
          const Index a = i + C.rows.stride * (taps_y - 1 - tap / taps_x);
          const Index b = j + C.columns.stride * (taps_x - 1 - tap % taps_x);
          return kernel[((a * C.columns.kernel + b) * C.channels + c) * C.filters + f];
        };
        kernels::pack_weights<C.filters, C.channels, dilation<C>>(taps_y * taps_x, turned, prepared);
        prepared += taps_y * taps_x * C.channels * C.filters;
      }
  }

 private:
  template <kernels::Convolution C>
  static constexpr Size dilation{C.rows.dilation, C.columns.dilation};

  /// The correlation of x, in layout X, that gives y (or meets dy) in layout Y.
  template <kernels::Convolution C, class X, class Y>
  static constexpr kernels::Conv2DSizes sizes{.height = C.rows.output,
                                              .width = C.columns.output,
                                              .channels = C.channels,
                                              .filters = C.filters,
                                              .kernel = {C.rows.kernel, C.columns.kernel},
                                              .stride = {C.rows.stride, C.columns.stride},
                                              .dilation = dilation<C>,
                                              .x_row = X::row_step,
                                              .x_pixel = X::pixel_step,
                                              .y_row = Y::row_step,
                                              .y_pixel = Y::pixel_step,
                                              .x_rows = {C.rows.before, C.rows.input},
                                              .x_columns = {C.columns.before, C.columns.input}};

  /// The entries of dx at the positions down.first + stride * row, across.first + stride * column.
  template <kernels::Convolution C, Index i, Index j, class Scalar, class Z, class DX, class Finish>
  static void phase_gradient(const Scalar* turned, const Scalar* bias, View<const Scalar, Z> dy, View<Scalar, DX> dx,
                             const Finish& finish) {
    constexpr kernels::Axis::Phase down = C.rows.phase(i), across = C.columns.phase(j);
    constexpr kernels::Conv2DSizes turned_sizes{.height = down.count,
                                                .width = across.count,
                                                .channels = C.filters,
                                                .filters = C.channels,
                                                .kernel = {down.taps, across.taps},
                                                .stride = 1,
                                                .dilation = dilation<C>,
                                                .x_row = Z::row_step,
                                                .x_pixel = Z::pixel_step,
                                                .y_row = C.rows.stride * DX::row_step,
                                                .y_pixel = C.columns.stride * DX::pixel_step,
                                                .x_rows = {-down.start, C.rows.output},
                                                .x_columns = {-across.start, C.columns.output}};
    if constexpr (down.count > 0 && across.count > 0)
      for (Index n = 0; n < dy.samples; ++n)
        kernels::correlate<turned_sizes>(
            dy.pixel(n, down.start, across.start), turned, bias, dx.pixel(n, down.first, across.first),
            [&finish, n]<int L>(simd::Vec<Scalar, L> sum, Index row, Index column, Index c) {
              constexpr kernels::Axis::Phase d = C.rows.phase(i), e = C.columns.phase(j);
              return finish.template operator()<L>(sum, n, d.first + C.rows.stride * row,
                                                   e.first + C.columns.stride * column, c);
            });
  }
};

}  // namespace latent
