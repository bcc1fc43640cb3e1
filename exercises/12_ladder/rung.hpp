/// Exercise 12: a rung of your own on the convolution ladder: the forward pass, fast.
///
///     y[n][o][p][f] = finish(bias[f] + sum over a, b, c of x[n][o s + a d - before][p s + b d - before][c] * kernel[a][b][c][f])
///
/// The sizes are constants: C.rows.output, C.columns.output (of y); C.rows.kernel, C.columns.kernel (taps); C.channels;
/// C.filters. x has a border of zeros wherever a window reaches, so that nothing has to be asked.
#pragma once

#include "latent/kernels/conv2d_naive.hpp"

namespace yours {
using namespace latent;

struct Rung : naive {  // naive's gradients stay as they are
  // From naive:
  //     input_row<C>(o, a), input_column<C>(p, b)   the row and column of x that tap (a, b) of output (o, p) reads
  //     weight<C>(a, b, c, f)                       the place of kernel[a][b][c][f]
  //
  // w.kernel: the weights. w.bias: the bias, or null if there is none.
  // What is stored is finish.template operator()<1>(sum, n, o, p, f): it may apply an activation.

  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    // your turn
  }
};

}  // namespace yours
