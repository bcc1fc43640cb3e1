/// Convolution in register tiles: im2col that is never written out.
///
/// Images are NHWC, so for one kernel row the patch under a window is a run of kernel.width * channels neighbours:
///
///     x row  | c c c c | c c c c | c c c c | c c c c |        one pixel = `channels` scalars
///            '--------- patch of pixel 0 --'
///                      '--------- patch of pixel 1 --'      the "column" of im2col is a pointer
///
/// A tile of P pixels x V vectors of output channels is accumulated in registers: for each scalar of the patch, V
/// vectors of weights are loaded once and P inputs are broadcast, which gives P * V multiply-adds for P + V loads.
/// Nothing but the finished tile is written.
///
/// Dimension letters: P pixels of a tile, V vectors of filters, K kernel taps, C channels, F filters.
#pragma once

#include "latent/kernels/conv2d_one_filter.hpp"
#include "latent/kernels/conv2d_sizes.hpp"
#include "latent/kernels/simd.hpp"

namespace latent::kernels {

namespace tiled {

/// How many vectors of filters a forward tile holds: 2 where there are as many.
constexpr int vectors(Index available) { return available >= 2 ? 2 : 1; }

/// The same for a tile of the weight gradient: 4 x 6 needs fewer loads than 2 x 14, and nothing has to divide the 6.
constexpr int gradient_vectors(Index available) {
  return simd::registers == 32 && available % 4 == 0 && available > 0 ? 4 : vectors(available);
}

/// Splits `n` into equal parts of at most `most`.
constexpr Index part(Index n, Index most) {
  const Index parts = (n + most - 1) / most;
  return (n + parts - 1) / parts;
}

/// One tile of the output: ROWS x P pixels from x and y on, V vectors of filters.
template <Conv2DSizes G, int Lanes, int V, Index ROWS, Index P, class Scalar, class Finish>
[[gnu::always_inline]] inline void forward_tile(const Scalar* __restrict x, const Scalar* __restrict w,
                                                const Scalar* __restrict start, Scalar* __restrict y, Index row,
                                                Index column, Index filter, const Finish& finish) {
  using Vec = simd::Vec<Scalar, Lanes>;
  Vec sum[ROWS * P][V];
#pragma GCC unroll 64
  for (Index p = 0; p < ROWS * P; ++p)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v) sum[p][v] = start ? simd::load<Lanes>(start + v * Lanes) : Vec{};

  for (Index ky = 0; ky < G.kernel.height; ++ky)
    for (Index kx = 0; kx < G.kernel.width; ++kx) {
      const Scalar* tap = x + ky * G.x_row + kx * G.x_pixel;
      const Scalar* weights = w + (ky * G.kernel.width + kx) * G.channels * G.filters;
      for (Index c = 0; c < G.channels; ++c) {
        Vec weight[V];
#pragma GCC unroll 64
        for (int v = 0; v < V; ++v) weight[v] = simd::load<Lanes>(weights + c * G.filters + v * Lanes);
#pragma GCC unroll 64
        for (Index p = 0; p < ROWS * P; ++p) {
          const Scalar input = tap[p / P * G.stride.height * G.x_row + p % P * G.stride.width * G.x_pixel + c];
#pragma GCC unroll 64
          for (int v = 0; v < V; ++v) sum[p][v] += input * weight[v];
        }
      }
    }

#pragma GCC unroll 64
  for (Index p = 0; p < ROWS * P; ++p)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v)
      simd::store(y + p / P * G.y_row + p % P * G.y_pixel + v * Lanes,
                  finish.template operator()<Lanes>(sum[p][v], row + p / P, column + p % P, filter + v * Lanes));
}

/// All pixels, V vectors of filters from `filter` on.
template <Conv2DSizes G, int Lanes, int V, class Scalar, class Finish>
void forward_filters(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, Index filter,
                     const Finish& finish) {
  constexpr Index most = simd::accumulators / V;
  constexpr Index P = part(G.width, most), last_p = G.width - (G.width - 1) / P * P;
  constexpr Index ROWS = P == G.width ? std::min<Index>(G.height, std::max<Index>(most / P, 1)) : 1;
  constexpr Index last_rows = G.height % ROWS;
  const auto tile = [&]<Index R, Index Q>(Index row, Index column) {
    forward_tile<G, Lanes, V, R, Q>(x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel, w + filter,
                                    start ? start + filter : nullptr, y + row * G.y_row + column * G.y_pixel + filter,
                                    row, column, filter, finish);
  };
  for (Index row = 0; row + ROWS <= G.height; row += ROWS) {
    for (Index column = 0; column + P < G.width; column += P) tile.template operator()<ROWS, P>(row, column);
    tile.template operator()<ROWS, last_p>(row, G.width - last_p);
  }
  if constexpr (last_rows > 0) tile.template operator()<last_rows, last_p>(G.height - last_rows, 0);
}

/// The filters from FIRST on, in vectors of Lanes, then what is left in narrower ones.
template <Conv2DSizes G, Index FIRST, int Lanes, class Scalar, class Finish>
void forward(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, const Finish& finish) {
  constexpr Index available = (G.filters - FIRST) / Lanes;
  constexpr int V = vectors(available);
  constexpr Index next = FIRST + available / V * V * Lanes, end = FIRST + available * Lanes;
  for (Index filter = FIRST; filter < next; filter += V * Lanes)
    forward_filters<G, Lanes, V>(x, w, start, y, filter, finish);
  if constexpr (next < end) forward_filters<G, Lanes, 1>(x, w, start, y, next, finish);
  if constexpr (end < G.filters)
    forward<G, end, static_cast<int>(std::bit_floor(static_cast<std::size_t>(G.filters - end)))>(x, w, start, y, finish);
}

/// One tile of the weight gradient: KROWS kernel rows x R neighbours of the patch, V vectors of filters, summed over all
/// pixels.
template <Conv2DSizes G, int Lanes, int V, Index KROWS, Index R, class Scalar>
[[gnu::always_inline]] inline void gradient_tile(const Scalar* __restrict x, const Scalar* __restrict dy,
                                                 Scalar* __restrict dw, Index height, Index width) {
  using Vec = simd::Vec<Scalar, Lanes>;
  constexpr Index patch = G.kernel.width * G.channels;
  Vec sum[KROWS * R][V];
#pragma GCC unroll 64
  for (Index r = 0; r < KROWS * R; ++r)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v) sum[r][v] = Vec{};

  for (Index row = 0; row < height; ++row)
#pragma GCC unroll 2
    for (Index column = 0; column < width; ++column) {
      const Scalar* window = x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel;
      Vec gradient[V];
#pragma GCC unroll 64
      for (int v = 0; v < V; ++v) gradient[v] = simd::load<Lanes>(dy + row * G.y_row + column * G.y_pixel + v * Lanes);
#pragma GCC unroll 64
      for (Index r = 0; r < KROWS * R; ++r) {
        const Scalar input = window[r / R * G.x_row + r % R];
#pragma GCC unroll 64
        for (int v = 0; v < V; ++v) sum[r][v] += input * gradient[v];
      }
    }

#pragma GCC unroll 64
  for (Index r = 0; r < KROWS * R; ++r)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v) {
      Scalar* to = dw + (r / R * patch + r % R) * G.filters + v * Lanes;
      simd::store(to, simd::load<Lanes>(to) + sum[r][v]);
    }
}

/// All weights of V vectors of filters. Every tile walks over all pixels of x and dy; in bands of rows that stay in the
/// first-level cache from one tile to the next.
template <Conv2DSizes G, int Lanes, int V, class Scalar>
void gradient_filters(const Scalar* x, const Scalar* dy, Scalar* dw, Index height, Index width) {
  constexpr Index most = V == 4 ? 6 : simd::accumulators / V, patch = G.kernel.width * G.channels;
  constexpr Index KROWS = patch * G.kernel.height <= most ? G.kernel.height : 1;
  constexpr Index R = part(patch, most), last_r = patch - (patch - 1) / R * R;
  constexpr Index row_bytes = (G.stride.height * G.x_row + G.width * V * Lanes) * static_cast<Index>(sizeof(Scalar));
  constexpr Index band = part(G.height, std::max<Index>(simd::cache_bytes / row_bytes, 1));
  for (Index row = 0; row < height; row += band) {
    const Index rows = std::min(band, height - row);
    const Scalar *x_band = x + row * G.stride.height * G.x_row, *dy_band = dy + row * G.y_row;
    const auto tile = [&]<Index Q>(Index ky, Index r) {
      gradient_tile<G, Lanes, V, KROWS, Q>(x_band + ky * G.x_row + r, dy_band, dw + (ky * patch + r) * G.filters, rows,
                                           width);
    };
    for (Index ky = 0; ky < G.kernel.height; ky += KROWS) {
      for (Index r = 0; r + R < patch; r += R) tile.template operator()<R>(ky, r);
      tile.template operator()<last_r>(ky, patch - last_r);
    }
  }
}

template <Conv2DSizes G, Index FIRST, int Lanes, class Scalar>
void gradient(const Scalar* x, const Scalar* dy, Scalar* dw, Index height, Index width) {
  constexpr Index available = (G.filters - FIRST) / Lanes;
  constexpr int V = gradient_vectors(available);
  constexpr Index next = FIRST + available / V * V * Lanes, end = FIRST + available * Lanes;
  for (Index f = FIRST; f < next; f += V * Lanes) gradient_filters<G, Lanes, V>(x, dy + f, dw + f, height, width);
  if constexpr (next < end) gradient_filters<G, Lanes, 1>(x, dy + next, dw + next, height, width);
  if constexpr (end < G.filters)
    gradient<G, end, static_cast<int>(std::bit_floor(static_cast<std::size_t>(G.filters - end)))>(x, dy, dw, height,
                                                                                                  width);
}

template <class Scalar>
constexpr int widest(Index filters) {
  return static_cast<int>(
      std::min(static_cast<std::size_t>(simd::lanes<Scalar>), std::bit_floor(static_cast<std::size_t>(filters))));
}

}  // namespace tiled

/// Correlates one image with a set of kernels:
///     y[row][column][f] = finish(start[f] + sum_{ky, kx, c} x[row s + ky][column s + kx][c] * w[ky][kx][c][f])
/// x points at what the first tap of the first window reads (its border lies in memory); w is (KH, KW, C, F) without
/// gaps; start may be null for 0. `finish.template operator()<Lanes>(sum, row, column, filter)` gives what is stored.
template <Conv2DSizes G, class Scalar, class Finish>
void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, const Finish& finish) {
  if constexpr (has_one_filter_path<G, Scalar>)
    correlate_one_filter<G>(x, w, start, y, finish);
  else
    tiled::forward<G, 0, tiled::widest<Scalar>(G.filters)>(x, w, start, y, finish);
}

/// The gradient with respect to the weights, added to dw:
///     dw[ky][kx][c][f] += sum_{row, column} x[row s + ky][column s + kx][c] * dy[row][column][f]
/// over all pixels of dy.
template <Conv2DSizes G, class Scalar>
void correlate_gradient(const Scalar* x, const Scalar* dy, Scalar* dw) {
  if constexpr (has_one_filter_path<G, Scalar>)
    correlate_gradient_one_filter<G>(x, dy, dw);
  else
    tiled::gradient<G, 0, tiled::widest<Scalar>(G.filters)>(x, dy, dw, G.height, G.width);
}

}  // namespace latent::kernels
