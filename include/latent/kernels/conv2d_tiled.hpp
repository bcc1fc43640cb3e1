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
///
/// Fast with a register of filters or more, whatever the channels. conv2d_few_filters.hpp and conv2d_few_weights.hpp
/// take other tiles where there are fewer of one or the other.
#pragma once

#include "latent/kernels/conv2d_rung.hpp"
#include "latent/kernels/tiles.hpp"

namespace latent {

/// The rung of tiles in registers.
struct tiled : kernels::Rung, kernels::Tiles {
  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    for (Index n = 0; n < x.samples; ++n)
      Tiles::correlate<sizes<C, X, Y>>(x.pixel(n, -C.rows.before, -C.columns.before), w.prepared, w.bias, y.sample(n),
                                       of_sample(finish, n));
  }

  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar*,
                             const Finish& finish) {
    for_phases<C>(dy, w.prepared, dx, finish,
                  [&]<kernels::Conv2DSizes G>(const Scalar* from, const Scalar* turned, Scalar* to, const auto& store) {
                    Tiles::correlate<G>(from, turned, w.bias, to, store);
                  });
  }

  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar*) {
    Tiles::gradient<sizes<C, X, Z>>(x.pixel(0, -C.rows.before, -C.columns.before), dy.sample(0), dw,
                                    {x.samples, X::size, Z::size, C.rows.output, C.columns.output}, true);
  }

  template <kernels::Convolution C>
  static constexpr Index forward_prepared = C.weights();
  template <kernels::Convolution C, class Scalar>
  static void prepare_forward(const Scalar* kernel, Scalar* prepared) {
    Tiles::pack<C.channels, C.filters>(C.taps(), in_order<C>(kernel), prepared);
  }

  template <kernels::Convolution C>
  static constexpr Index gradient_prepared = C.weights();
  template <kernels::Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar* kernel, Scalar* prepared) {
    for_turned<C>(kernel, prepared,
                  [](Index taps, const auto& at, Scalar* to) { Tiles::pack<C.filters, C.channels>(taps, at, to); });
  }

 protected:
  // What the rungs with other tiles need, too.

  /// The correlation of x, in layout X, that gives y (or meets dy) in layout Y.
  template <kernels::Convolution C, class X, class Y>
  static constexpr kernels::Conv2DSizes sizes{.height = C.rows.output,
                                              .width = C.columns.output,
                                              .channels = C.channels,
                                              .filters = C.filters,
                                              .kernel = {C.rows.kernel, C.columns.kernel},
                                              .stride = {C.rows.stride, C.columns.stride},
                                              .dilation = {C.rows.dilation, C.columns.dilation},
                                              .x_row = X::row_step,
                                              .x_pixel = X::pixel_step,
                                              .y_row = Y::row_step,
                                              .y_pixel = Y::pixel_step,
                                              .x_rows = {C.rows.before, C.rows.input},
                                              .x_columns = {C.columns.before, C.columns.input}};

  /// What `finish` does to the sums of one image.
  template <class Finish>
  static auto of_sample(const Finish& finish, Index n) {
    return [&finish, n]<int L, class V>(V sum, Index row, Index column, Index f) {
      return finish.template operator()<L>(sum, n, row, column, f);
    };
  }

  /// The input gradient is a correlation of dy with a part of the kernel, turned around, for each remainder of a pixel's
  /// position modulo the strides (kernels::Axis::phase). Calls `correlate.template operator()<G>(dy, weights, dx, finish)`
  /// for all of them and all images.
  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish, class Correlate>
  static void for_phases(View<const Scalar, Z> dy, const Scalar* turned, View<Scalar, DX> dx, const Finish& finish,
                         const Correlate& correlate) {
    kernels::tiles::unrolled<0, C.rows.stride * C.columns.stride>([&]<Index phase>() {
      constexpr kernels::Axis::Phase down = C.rows.phase(phase / C.columns.stride);
      constexpr kernels::Axis::Phase across = C.columns.phase(phase % C.columns.stride);
      constexpr kernels::Conv2DSizes G{.height = down.count,
                                       .width = across.count,
                                       .channels = C.filters,
                                       .filters = C.channels,
                                       .kernel = {down.taps, across.taps},
                                       .stride = 1,
                                       .dilation = {C.rows.dilation, C.columns.dilation},
                                       .x_row = Z::row_step,
                                       .x_pixel = Z::pixel_step,
                                       .y_row = C.rows.stride * DX::row_step,
                                       .y_pixel = C.columns.stride * DX::pixel_step,
                                       .x_rows = {-down.start, C.rows.output},
                                       .x_columns = {-across.start, C.columns.output}};
      if constexpr (down.count > 0 && across.count > 0)
        for (Index n = 0; n < dy.samples; ++n)
          correlate.template operator()<G>(
              dy.pixel(n, down.start, across.start), turned, dx.pixel(n, down.first, across.first),
              [&finish, n]<int L, class V>(V sum, Index row, Index column, Index c) {
                constexpr kernels::Axis::Phase d = C.rows.phase(phase / C.columns.stride);
                constexpr kernels::Axis::Phase e = C.columns.phase(phase % C.columns.stride);
                return finish.template operator()<L>(sum, n, d.first + C.rows.stride * row,
                                                     e.first + C.columns.stride * column, c);
              });
      turned += down.taps * across.taps * C.channels * C.filters;
    });
  }

  /// The kernel's weights by tap, channel and filter.
  template <kernels::Convolution C, class Scalar>
  static auto in_order(const Scalar* kernel) {
    return [=](Index tap, Index c, Index f) { return kernel[(tap * C.channels + c) * C.filters + f]; };
  }

  /// Calls pack(taps, at, prepared) for those parts of the kernel; `at(tap, f, c)` gives their weights, with channels and
  /// filters exchanged.
  template <kernels::Convolution C, class Scalar, class Pack>
  static void for_turned(const Scalar* kernel, Scalar* prepared, const Pack& pack) {
    for (Index i = 0; i < C.rows.stride; ++i)
      for (Index j = 0; j < C.columns.stride; ++j) {
        const Index taps_y = C.rows.phase(i).taps, taps_x = C.columns.phase(j).taps;
        const auto turned = [=](Index tap, Index f, Index c) {
          const Index a = i + C.rows.stride * (taps_y - 1 - tap / taps_x);
          const Index b = j + C.columns.stride * (taps_x - 1 - tap % taps_x);
          return kernel[((a * C.columns.kernel + b) * C.channels + c) * C.filters + f];
        };
        pack(taps_y * taps_x, turned, prepared);
        prepared += taps_y * taps_x * C.channels * C.filters;
      }
  }
};

}  // namespace latent
