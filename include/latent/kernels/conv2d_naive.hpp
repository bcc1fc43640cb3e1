/// The lowest rung: the loops of the definition. Slow, and right: the others are tested against it.
///
///     for every output pixel (o, p) and filter f:           x  . . . . .        kernel
///         for every tap (a, b) and channel c:                  . # # # .        # # #
///             sum += x[o s + a][p s + b][c]                     . # # # .   *    # # #   ->  one number of y
///                    * kernel[a][b][c][f]                       . # # # .        # # #
///
/// Each number of y reads taps * channels numbers of x that are read again for its neighbours; nothing is kept.
#pragma once

#include "latent/kernels/conv2d_rung.hpp"

namespace latent {

/// The rung of the definition: plain loops.
struct naive : kernels::Rung {
  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    for (Index n = 0; n < x.samples; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p)
          for (Index f = 0; f < C.filters; ++f) {
            Scalar sum = w.bias ? w.bias[f] : Scalar(0);
            for (Index a = 0; a < C.rows.kernel; ++a)
              for (Index b = 0; b < C.columns.kernel; ++b)
                for (Index c = 0; c < C.channels; ++c)
                  sum += x.pixel(n, input_row<C>(o, a), input_column<C>(p, b))[c] * w.kernel[weight<C>(a, b, c, f)];
            y.pixel(n, o, p)[f] = finish.template operator()<1>(sum, n, o, p, f);
          }
  }

  // Each number of x met the output (o, p) through tap (a, b) where o s + a d - before = i: if that o is a whole
  // number.
  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar*,
                             const Finish& finish) {
    for (Index n = 0; n < dy.samples; ++n)
      for (Index i = 0; i < C.rows.input; ++i)
        for (Index j = 0; j < C.columns.input; ++j)
          for (Index c = 0; c < C.channels; ++c) {
            Scalar sum = w.bias ? w.bias[c] : Scalar(0);
            for (Index a = 0; a < C.rows.kernel; ++a)
              for (Index b = 0; b < C.columns.kernel; ++b) {
                const Index o = output(C.rows, i, a), p = output(C.columns, j, b);
                if (o < 0 || p < 0) continue;
                for (Index f = 0; f < C.filters; ++f) sum += dy.pixel(n, o, p)[f] * w.kernel[weight<C>(a, b, c, f)];
              }
            dx.pixel(n, i, j)[c] = finish.template operator()<1>(sum, n, i, j, c);
          }
  }

  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar*) {
    for (Index n = 0; n < x.samples; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p)
          for (Index a = 0; a < C.rows.kernel; ++a)
            for (Index b = 0; b < C.columns.kernel; ++b)
              for (Index c = 0; c < C.channels; ++c)
                for (Index f = 0; f < C.filters; ++f)
                  dw[weight<C>(a, b, c, f)] +=
                      x.pixel(n, input_row<C>(o, a), input_column<C>(p, b))[c] * dy.pixel(n, o, p)[f];
  }

 protected:
  /// The row of x that tap a of output row o reads (it may lie in the border); the same for columns.
  template <kernels::Convolution C>
  static constexpr Index input_row(Index o, Index a) {
    return o * C.rows.stride + a * C.rows.dilation - C.rows.before;
  }
  /// The column of x that tap b of pixel p sees.
  template <kernels::Convolution C>
  static constexpr Index input_column(Index p, Index b) {
    return p * C.columns.stride + b * C.columns.dilation - C.columns.before;
  }
  /// The output whose tap reads that input, or -1.
  static constexpr Index output(const kernels::Axis& axis, Index input, Index tap) {
    const Index times_stride = input + axis.before - tap * axis.dilation;
    const bool exists =
        times_stride >= 0 && times_stride % axis.stride == 0 && times_stride / axis.stride < axis.output;
    return exists ? times_stride / axis.stride : -1;
  }
  /// The place of a weight in the kernel.
  template <kernels::Convolution C>
  static constexpr Index weight(Index a, Index b, Index c, Index f) {
    return ((a * C.columns.kernel + b) * C.channels + c) * C.filters + f;
  }
};

}  // namespace latent
