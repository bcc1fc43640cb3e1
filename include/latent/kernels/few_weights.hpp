/// The first layer of an auto-encoder has one channel, and so has the gradient that comes back to its last layer. Then
/// a filter has few weights, 9 for a 3 x 3 kernel, and the registers hold those of one or two vectors of filters all
/// the way through the image:
///
///     w[k][v]  stay in registers, k = taps * channels          y[pixel][v] = sum_k x[pixel + k] * w[k][v]
///
/// A large tile (tiles.hpp) would come with as many stores at once as the multiply-adds take cycles, and the loads of
/// the next tile would wait for them. Here a few pixels at a time are finished, and stores and multiply-adds flow
/// evenly.
#pragma once

#include "latent/kernels/tiles.hpp"

namespace latent::kernels {

/// Whether a vector of filters' weights, four sums and an input fit into the registers. (Between strides that are
/// larger than the kernel there are no weights at all.)
template <Conv2DSizes G, class Scalar>
inline constexpr bool has_few_weights_path = [] {
  constexpr Index weights = G.kernel.height * G.kernel.width * G.channels;
  return weights > 0 && weights <= simd::registers - 5 && G.channels <= 4 && G.filters % simd::lanes<Scalar> == 0;
}();

/// P neighbouring pixels, V vectors of filters.
template <Conv2DSizes G, Index P, int V, Index K, class Scalar, class Finish>
[[gnu::always_inline]] inline void few_weights_tile(const Scalar* __restrict x, const Scalar* start,
                                                    const simd::Vec<Scalar, simd::lanes<Scalar>> (&weights)[K][V],
                                                    Scalar* __restrict y, Index row, Index column, Index filter,
                                                    const Finish& finish) {
  constexpr int L = simd::lanes<Scalar>;
  constexpr Index taps = G.kernel.width * G.channels;  // of a kernel row
  simd::Vec<Scalar, L> sum[P][V];
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
      simd::store(y + p * G.y_pixel + v * L, finish.template operator()<L>(sum[p][v], row, column + p, filter + v * L));
}

/// `correlate` for few weights; see correlate.hpp.
template <Conv2DSizes G, class Scalar, class Finish>
void correlate_few_weights(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, const Finish& finish) {
  constexpr int L = simd::lanes<Scalar>;
  constexpr Index K = G.kernel.height * G.kernel.width * G.channels;
  tiles::for_panels<Scalar, G.filters>([&]<int, int panel>(Index first) {
    constexpr int V = panel * K <= simd::registers - 5 ? panel : 1;  // of the panel's vectors at once
    constexpr Index P = 4 / V, rest = G.width % P;
    for (Index filter = first; filter < first + panel * L; filter += V * L) {
      simd::Vec<Scalar, L> weights[K][V];
#pragma GCC unroll 64
      for (Index k = 0; k < K; ++k)
#pragma GCC unroll 64
        for (int v = 0; v < V; ++v) weights[k][v] = simd::load<L>(w + first * K + (k * panel + v) * L + filter - first);
      const auto tile = [&]<Index Q>(Index row, Index column) LATENT_INLINED {
        few_weights_tile<G, Q>(x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel,
                               start ? start + filter : nullptr, weights,
                               y + row * G.y_row + column * G.y_pixel + filter, row, column, filter, finish);
      };
      for (Index row = 0; row < G.height; ++row) {
        for (Index column = 0; column + P <= G.width; column += P) tile.template operator()<P>(row, column);
        if constexpr (rest > 0) tile.template operator()<rest>(row, G.width - rest);
      }
    }
  });
}

}  // namespace latent::kernels
