/// For few weights: they stay in registers while the loops go through the image.
///
/// The first layer of an auto-encoder has one channel, and so has the gradient that comes back to its last layer. Then
/// a filter has few weights, 9 for a 3 x 3 kernel, and the registers hold those of one or two vectors of filters:
///
///     w[k][v]  stay in registers, k = taps * channels          y[pixel][v] = sum_k x[pixel + k] * w[k][v]
///
/// A large tile (tiles.hpp) would come with as many stores at once as the multiply-adds take cycles, and the loads of
/// the next tile would wait for them. Here a few pixels at a time are finished, and stores and multiply-adds flow
/// evenly.
///
///     input gradient    the same as forward, of dy and with the kernel turned around: for few filters
///     weight gradient   that of `tiled`
///
/// More weights than the registers hold are left to the tiles of `tiled`, which read the same panels: those of a large
/// kernel, and some of the parts that strides make of one in the input gradient.
#pragma once

#include "latent/kernels/conv2d_tiled.hpp"

namespace latent {

/// The rung for few weights, which stay in registers.
struct few_weights : tiled {
  /// Whether a vector of filters' weights, four sums and an input fit into the registers.
  static constexpr bool in_registers(Index weights) { return weights > 0 && weights <= simd::registers - 5; }

  /// Whether that is faster than a large tile.
  template <class Scalar>
  static constexpr bool pays(Index channels, Index filters, Index taps) {
    return in_registers(taps * channels) && channels <= 4 && filters % simd::lanes<Scalar> == 0;
  }

  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    for (Index n = 0; n < x.samples; ++n)
      correlate<sizes<C, X, Y>>(x.pixel(n, -C.rows.before, -C.columns.before), w.prepared, w.bias, y.sample(n),
                                of_sample(finish, n));
  }

  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar*,
                             const Finish& finish) {
    for_phases<C>(dy, w.prepared, dx, finish,
                  [&]<kernels::Conv2DSizes G>(const Scalar* from, const Scalar* turned, Scalar* to, const auto& store) {
                    correlate<G>(from, turned, w.bias, to, store);
                  });
  }

  // The counterpart of Tiles::correlate of `tiled` (tiles.hpp).
  /// Correlates one row with the filters.
  template <kernels::Conv2DSizes G, class Scalar, class Finish>
  [[gnu::noinline]] static void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y,
                                          const Finish& finish) {
    constexpr Index K = G.kernel.height * G.kernel.width * G.channels;
    if constexpr (!in_registers(K)) {
      Tiles::correlate<G>(x, w, start, y, finish);
    } else {
      kernels::tiles::for_panels<Scalar, G.filters>([&]<int L, int panel>(Index first) LATENT_INLINED {
        constexpr int V = in_registers(panel * K) ? panel : 1;  // of the panel's vectors at once
        constexpr Index P = 4 / V, rest = G.width % P;
        for (Index filter = first; filter < first + panel * L; filter += V * L) {
          simd::Vec<Scalar, L> weights[array_size(K)][array_size(V)];
#pragma GCC unroll 64
          for (Index k = 0; k < K; ++k)
#pragma GCC unroll 64
            for (int v = 0; v < V; ++v)
              weights[k][v] = simd::load<L>(w + first * K + (k * panel + v) * L + filter - first);
          const auto tile = [&]<Index Q>(Index row, Index column) LATENT_INLINED {
            few_weights_tile<G, Q, L, V, K>(x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel,
                                            start ? start + filter : nullptr, weights,
                                            y + row * G.y_row + column * G.y_pixel + filter, row, column, filter,
                                            finish);
          };
          for (Index row = 0; row < G.height; ++row) {
            for (Index column = 0; column + P <= G.width; column += P) tile.template operator()<P>(row, column);
            if constexpr (rest > 0) tile.template operator()<rest>(row, G.width - rest);
          }
        }
      });
    }
  }

 private:
  /// P neighbouring pixels, V vectors of filters.
  template <kernels::Conv2DSizes G, Index P, int L, int V, Index K, class Scalar, class Finish>
  [[gnu::always_inline]] static void few_weights_tile(
      const Scalar* __restrict x, const Scalar* start,
      const simd::Vec<Scalar, L> (&weights)[array_size(K)][array_size(V)], Scalar* __restrict y, Index row,
      Index column, Index filter, const Finish& finish) {
    constexpr Index taps = G.kernel.width * G.channels;  // of a kernel row
    simd::Vec<Scalar, L> sum[array_size(P)][array_size(V)];
#pragma GCC unroll 64
    for (Index p = 0; p < P; ++p)
#pragma GCC unroll 64
      for (int v = 0; v < V; ++v) sum[p][v] = start ? simd::load<L>(start + v * L) : simd::Vec<Scalar, L>{};
#pragma GCC unroll 64
    for (Index p = 0; p < P; ++p)
#pragma GCC unroll 64
      for (Index k = 0; k < K; ++k) {
        const Index tap = k % taps / G.channels, c = k % G.channels;
        const Scalar input =
            x[k / taps * G.dilation.height * G.x_row + (p * G.stride.width + tap * G.dilation.width) * G.x_pixel + c];
#pragma GCC unroll 64
        for (int v = 0; v < V; ++v) sum[p][v] += input * weights[k][v];
      }
#pragma GCC unroll 64
    for (Index p = 0; p < P; ++p)
#pragma GCC unroll 64
      for (int v = 0; v < V; ++v)
        simd::store(y + p * G.y_pixel + v * L,
                    finish.template operator()<L>(sum[p][v], row, column + p, filter + v * L));
  }
};

}  // namespace latent
