/// The last layer of an auto-encoder has one filter: there are no vectors of output channels. Here the vectors run
/// along the patch of a window instead, kernel.width * channels neighbours in memory (a multiple of the register's
/// lanes):
///
///     y[pixel] = sum over kernel rows and vectors j of the patch of  x[pixel + j] . w[j]      (one dot product a
///     pixel)
///
/// As many pixels as a register has lanes are taken together, so that their horizontal sums share one tree of
/// additions.
#pragma once

#include "latent/kernels/tiles.hpp"

namespace latent::kernels {

template <Conv2DSizes G, class Scalar>
inline constexpr bool has_one_filter_path =
    G.filters == 1 && G.dilation.width == 1 &&
    (G.kernel.width * G.channels) % simd::lanes<Scalar> == 0 && G.x_pixel == G.channels;

/// `correlate` for one filter; see correlate.hpp. The tile is P neighbouring pixels of one row.
template <Conv2DSizes G, Index P, class Scalar>
[[gnu::always_inline]] inline void one_filter_tile(const Scalar* __restrict x, const Scalar* __restrict w,
                                                   Scalar* __restrict sums) {
  constexpr int L = simd::lanes<Scalar>;
  constexpr Index patch = G.kernel.width * G.channels;
  simd::Vec<Scalar, L> sum[L] = {};
  for (Index ky = 0; ky < G.kernel.height; ++ky)
    for (Index j = 0; j < patch; j += L) {
      const auto weight = simd::load<L>(w + ky * patch + j);
#pragma GCC unroll 64
      for (Index p = 0; p < P; ++p)
        sum[p] += weight * simd::load<L>(x + ky * G.dilation.height * G.x_row + p * G.stride.width * G.x_pixel + j);
    }
  simd::store(sums, simd::sum_each<L, Scalar>(sum));
}

template <Conv2DSizes G, class Scalar, class Finish>
void correlate_one_filter(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, const Finish& finish) {
  constexpr Index L = simd::lanes<Scalar>;
  constexpr Index parts = (G.width + L - 1) / L, P = (G.width + parts - 1) / parts, last = G.width - (parts - 1) * P;
  const auto tile = [&]<Index Q>(Index row, Index column) {
    Scalar sums[L];
    one_filter_tile<G, Q>(x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel, w, sums);
    for (Index p = 0; p < Q; ++p)
      y[row * G.y_row + (column + p) * G.y_pixel] =
          finish.template operator()<1>(sums[p] + (start ? *start : Scalar(0)), row, column + p, Index(0));
  };
  for (Index row = 0; row < G.height; ++row) {
    for (Index column = 0; column + P < G.width; column += P) tile.template operator()<P>(row, column);
    tile.template operator()<last>(row, G.width - last);
  }
}

/// `correlate_gradient` for one filter: KROWS kernel rows x J vectors of the patch in registers, one dy broadcast a
/// pixel.
template <Conv2DSizes G, Index KROWS, Index J, class Scalar>
[[gnu::always_inline]] inline void one_filter_gradient_tile(const Scalar* __restrict x, const Scalar* __restrict dy,
                                                            Scalar* __restrict dw) {
  constexpr Index L = simd::lanes<Scalar>, patch = G.kernel.width * G.channels;
  using Vec = simd::Vec<Scalar, L>;
  Vec sum[KROWS * J];
#pragma GCC unroll 64
  for (Index j = 0; j < KROWS * J; ++j) sum[j] = Vec{};
  for (Index row = 0; row < G.height; ++row)
    for (Index column = 0; column < G.width; ++column) {
      const Scalar* window = x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel;
      const Scalar gradient = dy[row * G.y_row + column * G.y_pixel];
#pragma GCC unroll 64
      for (Index j = 0; j < KROWS * J; ++j)
        sum[j] += gradient * simd::load<L>(window + j / J * G.dilation.height * G.x_row + j % J * L);
    }
#pragma GCC unroll 64
  for (Index j = 0; j < KROWS * J; ++j) {
    Scalar* to = dw + j / J * patch + j % J * L;
    simd::store(to, simd::load<L>(to) + sum[j]);
  }
}

template <Conv2DSizes G, class Scalar>
void correlate_gradient_one_filter(const Scalar* x, const Scalar* dy, Scalar* dw) {
  constexpr Index L = simd::lanes<Scalar>, patch = G.kernel.width * G.channels, vectors = patch / L;
  constexpr Index KROWS = vectors * G.kernel.height <= simd::accumulators ? G.kernel.height : 1;
  constexpr Index parts = (vectors + simd::accumulators - 1) / simd::accumulators, J = (vectors + parts - 1) / parts;
  constexpr Index last = vectors - (parts - 1) * J;
  for (Index ky = 0; ky < G.kernel.height; ky += KROWS) {
    for (Index j = 0; j + J < vectors; j += J)
      one_filter_gradient_tile<G, KROWS, J>(x + ky * G.dilation.height * G.x_row + j * L, dy, dw + ky * patch + j * L);
    one_filter_gradient_tile<G, KROWS, last>(x + ky * G.dilation.height * G.x_row + (vectors - last) * L, dy,
                                             dw + ky * patch + (vectors - last) * L);
  }
}

}  // namespace latent::kernels
