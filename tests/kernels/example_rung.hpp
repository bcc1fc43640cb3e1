/// A rung between naive and im2col: the loops of the definition in another order.
///
///     naive    for every filter: for every tap and channel: one multiplication       y[f] is one number at a time
///     here     for every tap and channel: for every filter: one multiplication       y[0 ... F - 1] side by side
///
/// The weights of one tap and channel are neighbours in memory, and so are the filters of a pixel of y: the compiler makes
/// vectors of the innermost loop by itself.
#pragma once

#include <latent/kernels/conv2d_naive.hpp>

namespace latent {

struct filters_innermost : naive {  // naive's input gradient and weight gradient stay as they are
  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    for (Index n = 0; n < x.samples; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p) {
          Scalar sum[static_cast<std::size_t>(C.filters)];
          for (Index f = 0; f < C.filters; ++f) sum[f] = w.bias ? w.bias[f] : Scalar(0);
          for (Index a = 0; a < C.rows.kernel; ++a)
            for (Index b = 0; b < C.columns.kernel; ++b)
              for (Index c = 0; c < C.channels; ++c) {
                const Scalar input = x.pixel(n, input_row<C>(o, a), input_column<C>(p, b))[c];
                const Scalar* weights = w.kernel + weight<C>(a, b, c, 0);
                for (Index f = 0; f < C.filters; ++f) sum[f] += input * weights[f];
              }
          for (Index f = 0; f < C.filters; ++f) y.pixel(n, o, p)[f] = finish.template operator()<1>(sum[f], n, o, p, f);
        }
  }
};

}  // namespace latent
