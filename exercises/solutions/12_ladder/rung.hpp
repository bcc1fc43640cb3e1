/// Exercise 12: a rung of your own on the convolution ladder: the forward pass, fast.
///
///     y[n][o][p][f] = finish(bias[f] + sum over a, b, c of x[n][o s + a d - before][p s + b d - before][c] * kernel[a][b][c][f])
///
/// A tile of a few pixels of a row and a few filters is summed up in registers: each weight that is loaded serves all
/// pixels of the tile, each number of x all its filters.
#pragma once

#include "latent/kernels/conv2d_naive.hpp"

namespace yours {
using namespace latent;

struct Rung : naive {
  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    constexpr int lanes = simd::lanes<Scalar>;
    constexpr Index pixels = divisor(C.columns.output, 7);
    for (Index n = 0; n < x.samples; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; p += pixels) {
          Index f = 0;
          for (; f + 2 * lanes <= C.filters; f += 2 * lanes) tile<C, pixels, 2, lanes>(x, w, y, finish, n, o, p, f);
          for (; f + lanes <= C.filters; f += lanes) tile<C, pixels, 1, lanes>(x, w, y, finish, n, o, p, f);
          for (; f < C.filters; ++f) tile<C, pixels, 1, 1>(x, w, y, finish, n, o, p, f);
        }
  }

 private:
  /// The largest divisor of n that is not more than `most`.
  static constexpr Index divisor(Index n, Index most) {
    Index d = std::min(n, most);
    while (n % d != 0) --d;
    return d;
  }

  /// The outputs (o, p) ... (o, p + pixels - 1) of the filters f ... f + vectors * lanes - 1.
  template <kernels::Convolution C, Index pixels, Index vectors, int lanes, class Scalar>
  static void tile(auto x, kernels::Weights<Scalar> w, auto y, const auto& finish, Index n, Index o, Index p, Index f) {
    simd::Vec<Scalar, lanes> sum[pixels][vectors];
    for (Index i = 0; i < pixels; ++i)
      for (Index v = 0; v < vectors; ++v) {
        sum[i][v] = simd::Vec<Scalar, lanes>{};
        if (w.bias) sum[i][v] = simd::load<lanes>(w.bias + f + v * lanes);
      }
    for (Index a = 0; a < C.rows.kernel; ++a)
      for (Index b = 0; b < C.columns.kernel; ++b)
        for (Index c = 0; c < C.channels; ++c) {
          const Scalar* weights = w.kernel + weight<C>(a, b, c, f);
#pragma GCC unroll 8
          for (Index i = 0; i < pixels; ++i) {
            const Scalar input = x.pixel(n, input_row<C>(o, a), input_column<C>(p + i, b))[c];
#pragma GCC unroll 2
            for (Index v = 0; v < vectors; ++v) sum[i][v] += input * simd::load<lanes>(weights + v * lanes);
          }
        }
    for (Index i = 0; i < pixels; ++i)
      for (Index v = 0; v < vectors; ++v)
        simd::store(y.pixel(n, o, p + i) + f + v * lanes,
                    finish.template operator()<lanes>(sum[i][v], n, o, p + i, f + v * lanes));
  }
};

}  // namespace yours
