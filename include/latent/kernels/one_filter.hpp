/// The last layer of an auto-encoder has one filter: there are no vectors of output channels. Here the vectors run
/// along the channels of the input instead, and every one that is loaded meets all the taps it has in a tile:
///
///     input pixel    [ c0 ... c15 ]           forward    a tile of pixels, as many as a vector has lanes; lane by lane
///       |  |  |   x w[tap] or dy[pixel]                  sums, which share one tree of additions at the end
///     those output pixels (taps)              weights    sums of all taps stay in registers, all pixels go by
///     whose window it is in
#pragma once

#include <numeric>

#include "latent/kernels/tiles.hpp"

namespace latent::kernels {

/// Lanes of a vector of channels.
template <Conv2DSizes G, class Scalar>
inline constexpr int channel_lanes = std::gcd(static_cast<int>(G.channels), simd::lanes<Scalar>);

template <Conv2DSizes G, class Scalar>
inline constexpr bool has_one_filter_path = (G.filters == 1 && G.kernel.height * G.kernel.width > 0) &&
                                            (G.dilation.height == 1 && G.dilation.width == 1) &&
                                            (channel_lanes<G, Scalar> > 1);

/// ROWS x P pixels of y, not more than a vector of channels has lanes.
template <Conv2DSizes G, Index ROWS, Index P, class Scalar, class Finish>
[[gnu::always_inline]] inline void one_filter_tile(const Scalar* __restrict x, const Scalar* __restrict w,
                                                   const Scalar* start, Scalar* __restrict y, Index row, Index column,
                                                   const Finish& finish) {
  constexpr int L = channel_lanes<G, Scalar>;
  constexpr Index KH = G.kernel.height, KW = G.kernel.width;
  constexpr Index height = (ROWS - 1) * G.stride.height + KH, width = (P - 1) * G.stride.width + KW;  // of the input
  simd::Vec<Scalar, L> sum[L] = {};
  for (Index c = 0; c < G.channels; c += L) {
    simd::Vec<Scalar, L> weight[KH * KW];
#pragma GCC unroll 64
    for (Index tap = 0; tap < KH * KW; ++tap) weight[tap] = simd::load<L>(w + tap * G.channels + c);
      // To the end, whatever the kernel: where an index of `sum` is no constant, the sums are not in registers.
#pragma GCC unroll 1024
    for (Index i = 0; i < height * width; ++i) {
      const auto input = simd::load<L>(x + i / width * G.x_row + i % width * G.x_pixel + c);
#pragma GCC unroll 1024
      for (Index tap = 0; tap < KH * KW; ++tap) {
        const Index down = i / width - tap / KW,
                    across = i % width - tap % KW;  // from the tile's first window to its own
        const Index r = down / G.stride.height, p = across / G.stride.width;
        if (down == r * G.stride.height && across == p * G.stride.width && down >= 0 && r < ROWS && across >= 0 &&
            p < P)
          sum[r * P + p] += input * weight[tap];
      }
    }
  }
  Scalar sums[L];
  simd::store(sums, simd::sum_each<L, Scalar>(sum));
#pragma GCC unroll 64
  for (Index p = 0; p < ROWS * P; ++p)
    y[p / P * G.y_row + p % P * G.y_pixel] =
        finish.template operator()<1>(sums[p] + (start ? *start : Scalar(0)), row + p / P, column + p % P, Index(0));
}

/// `correlate` for one filter; see correlate.hpp.
template <Conv2DSizes G, class Scalar, class Finish>
void correlate_one_filter(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, const Finish& finish) {
  constexpr Index L = channel_lanes<G, Scalar>;
  constexpr Index P = std::min<Index>(G.width, L >= 8 ? 4 : 2), ROWS = std::min<Index>(G.height, L / P);
  constexpr Index last_rows = G.height % ROWS, last_p = G.width % P;
  const auto tile = [&]<Index R, Index Q>(Index row, Index column) {
    one_filter_tile<G, R, Q>(x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel, w, start,
                             y + row * G.y_row + column * G.y_pixel, row, column, finish);
  };
  const auto line = [&]<Index R>(Index row) {
    for (Index column = 0; column + P <= G.width; column += P) tile.template operator()<R, P>(row, column);
    if constexpr (last_p > 0) tile.template operator()<R, last_p>(row, G.width - last_p);
  };
  for (Index row = 0; row + ROWS <= G.height; row += ROWS) line.template operator()<ROWS>(row);
  if constexpr (last_rows > 0) line.template operator()<last_rows>(G.height - last_rows);
}

/// P neighbouring pixels of dy meet KROWS kernel rows, whose sums stay in registers.
template <Conv2DSizes G, Index KROWS, Index P, int L, class Scalar>
[[gnu::always_inline]] inline void one_filter_gradient_step(const Scalar* __restrict x, const Scalar* __restrict dy,
                                                            simd::Vec<Scalar, L> (&sum)[KROWS * G.kernel.width]) {
  constexpr Index KW = G.kernel.width, width = (P - 1) * G.stride.width + KW;
#pragma GCC unroll 64
  for (Index i = 0; i < KROWS * width; ++i) {
    const auto input = simd::load<L>(x + i / width * G.x_row + i % width * G.x_pixel);
#pragma GCC unroll 64
    for (Index kx = 0; kx < KW; ++kx) {
      const Index across = i % width - kx, p = across / G.stride.width;
      if (across == p * G.stride.width && across >= 0 && p < P) sum[i / width * KW + kx] += dy[p * G.y_pixel] * input;
    }
  }
}

/// `correlate_gradient` for one filter and one image.
template <Conv2DSizes G, class Scalar>
void correlate_gradient_one_filter(const Scalar* x, const Scalar* dy, Scalar* dw) {
  constexpr int L = channel_lanes<G, Scalar>;
  constexpr Index KW = G.kernel.width, P = tiles::part(G.width, 7), rest = G.width % P;
  constexpr Index KROWS = KW * G.kernel.height <= simd::accumulators ? G.kernel.height : 1;
  for (Index ky = 0; ky < G.kernel.height; ky += KROWS)
    for (Index c = 0; c < G.channels; c += L) {
      simd::Vec<Scalar, L> sum[KROWS * KW] = {};
      for (Index row = 0; row < G.height; ++row) {
        const Scalar *window = x + (row * G.stride.height + ky) * G.x_row + c, *pixel = dy + row * G.y_row;
        const auto step = [&]<Index Q>(Index column) LATENT_INLINED {
          one_filter_gradient_step<G, KROWS, Q, L>(window + column * G.stride.width * G.x_pixel,
                                                   pixel + column * G.y_pixel, sum);
        };
        for (Index column = 0; column + P <= G.width; column += P) step.template operator()<P>(column);
        if constexpr (rest > 0) step.template operator()<rest>(G.width - rest);
      }
#pragma GCC unroll 64
      for (Index tap = 0; tap < KROWS * KW; ++tap) {
        Scalar* to = dw + (ky * KW + tap) * G.channels + c;
        simd::store(to, simd::load<L>(to) + sum[tap]);
      }
    }
}

}  // namespace latent::kernels
