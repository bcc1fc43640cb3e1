/// For few filters: vectors of channels instead of vectors of filters.
///
/// The last layer of an auto-encoder has one filter, or three for coloured images: there are no vectors of output channels,
/// or they would be nearly empty. Here the vectors run along the channels of the input instead, for one filter after the
/// other, and every one that is loaded meets all the taps it has in a tile:
///
///     input pixel    [ c0 ... c15 ]           forward    a tile of pixels, as many as a vector has lanes; lane by lane
///       |  |  |   x w[tap] or dy[pixel]                  sums, which share one tree of additions at the end
///     those output pixels (taps)              weights    sums of all taps stay in registers, all pixels go by
///     whose window it is in
///
///     input gradient    the same as forward, of dy and with the kernel turned around: for few channels
///
/// Each filter's weights lie together: (F, KH, KW, C).
#pragma once

#include <bit>
#include <numeric>

#include "latent/kernels/conv2d_tiled.hpp"

namespace latent {

/// The rung for few filters and many channels.
struct few_filters : tiled {
  /// Lanes of a vector of channels.
  template <class Scalar>
  static constexpr int lanes(Index channels) {
    return std::gcd(static_cast<int>(channels), simd::lanes<Scalar>);
  }

  /// Whether vectors of channels are wider than vectors of filters.
  template <class Scalar>
  static constexpr bool pays(Index channels, Index filters) {
    return std::bit_floor(static_cast<unsigned>(filters)) < static_cast<unsigned>(lanes<Scalar>(channels));
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

  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar*) {
    constexpr kernels::Conv2DSizes G = sizes<C, X, Z>;
    constexpr int L = lanes<Scalar>(G.channels);
    constexpr Index KW = G.kernel.width, P = kernels::tiles::part(G.width, 7), rest = G.width % P;
    constexpr Index KROWS = KW * G.kernel.height <= simd::accumulators ? G.kernel.height : 1;
    const auto all_pixels = [&](Index ky, Index c, Index f) {
      simd::Vec<Scalar, L> sum[array_size(KROWS * KW)] = {};
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < G.height; ++row) {
          const Scalar* window =
              x.pixel(n, row * G.stride.height + ky * G.dilation.height - C.rows.before, -C.columns.before) + c;
          const Scalar* pixel = dy.pixel(n, row, 0) + f;
          const auto step = [&]<Index Q>(Index column) LATENT_INLINED {
            gradient_step<G, KROWS, Q, L>(window + column * G.stride.width * G.x_pixel, pixel + column * G.y_pixel,
                                          sum);
          };
          for (Index column = 0; column + P <= G.width; column += P) step.template operator()<P>(column);
          if constexpr (rest > 0) step.template operator()<rest>(G.width - rest);
        }
#pragma GCC unroll 64
      for (Index tap = 0; tap < KROWS * KW; ++tap) {
        Scalar* to = dw + ((ky * KW + tap) * G.channels + c) * G.filters + f;
        if constexpr (G.filters == 1 || L == 1)
          simd::store(to, simd::load<L>(to) + sum[tap]);
        else
          for (int lane = 0; lane < L; ++lane) to[lane * G.filters] += sum[tap][lane];
      }
    };
    for (Index f = 0; f < G.filters; ++f)
      for (Index ky = 0; ky < G.kernel.height; ky += KROWS)
        for (Index c = 0; c < G.channels; c += L) all_pixels(ky, c, f);
  }

  template <kernels::Convolution C, class Scalar>
  static void prepare_forward(const Scalar* kernel, Scalar* prepared) {
    pack<C.channels, C.filters>(C.taps(), in_order<C>(kernel), prepared);
  }
  template <kernels::Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar* kernel, Scalar* prepared) {
    for_turned<C>(kernel, prepared,
                  [](Index taps, const auto& at, Scalar* to) { pack<C.filters, C.channels>(taps, at, to); });
  }

  // The counterparts of Tiles::correlate and Tiles::pack of `tiled` (tiles.hpp).
  /// Correlates one row with the filters.
  template <kernels::Conv2DSizes G, class Scalar, class Finish>
  [[gnu::noinline]] static void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y,
                                          const Finish& finish) {
    constexpr Index L = lanes<Scalar>(G.channels);
    constexpr Index square = L >= 8 ? 4 : 2;
    constexpr Index P = std::min<Index>(G.width, G.height == 1 || L == 1 ? L : square);
    constexpr Index ROWS = std::min<Index>(G.height, L / P);
    constexpr Index last_rows = G.height % ROWS, last_p = G.width % P;
    const auto tile = [&]<Index R, Index Q>(Index row, Index column, Index f) {
      one_filter_tile<G, R, Q>(x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel,
                               w + f * G.kernel.height * G.kernel.width * G.channels, start ? start[f] : Scalar(0),
                               y + row * G.y_row + column * G.y_pixel + f, row, column, f, finish);
    };
    const auto lines = [&]<Index R>(Index row) {  // they stay in the cache for all filters
      for (Index f = 0; f < G.filters; ++f) {
        for (Index column = 0; column + P <= G.width; column += P) tile.template operator()<R, P>(row, column, f);
        if constexpr (last_p > 0) tile.template operator()<R, last_p>(row, G.width - last_p, f);
      }
    };
    for (Index row = 0; row + ROWS <= G.height; row += ROWS) lines.template operator()<ROWS>(row);
    if constexpr (last_rows > 0) lines.template operator()<last_rows>(G.height - last_rows);
  }

  /// Brings the weights into the order in which the loops read them.
  template <Index C, Index F, class Scalar, class At>
  static void pack(Index taps, const At& at, Scalar* filters) {
    for (Index f = 0; f < F; ++f)
      for (Index tap = 0; tap < taps; ++tap)
        for (Index c = 0; c < C; ++c) *filters++ = at(tap, c, f);
  }

 private:
  /// ROWS x P pixels of y, not more than a vector of channels has lanes, of one filter.
  template <kernels::Conv2DSizes G, Index ROWS, Index P, class Scalar, class Finish>
  [[gnu::always_inline]] static void one_filter_tile(const Scalar* __restrict x, const Scalar* __restrict w,
                                                     Scalar start, Scalar* __restrict y, Index row, Index column,
                                                     Index filter, const Finish& finish) {
    constexpr int L = lanes<Scalar>(G.channels);
    constexpr Index taps = G.kernel.height * G.kernel.width, KW = std::max<Index>(G.kernel.width, 1);
    // Of the input. Between strides that are larger than the kernel there are no taps, and nothing to read.
    constexpr Index height = (ROWS - 1) * G.stride.height + (G.kernel.height - 1) * G.dilation.height + 1;
    constexpr Index width = (P - 1) * G.stride.width + (KW - 1) * G.dilation.width + 1;
    simd::Vec<Scalar, L> sum[array_size(L)] = {};
    for (Index c = 0; c < (taps == 0 ? 0 : G.channels); c += L) {
      simd::Vec<Scalar, L> weight[array_size(std::max<Index>(taps, 1))];
#pragma GCC unroll 64
      for (Index tap = 0; tap < taps; ++tap) weight[tap] = simd::load<L>(w + tap * G.channels + c);
      // To the end, whatever the kernel: where an index of `sum` is no constant, the sums are not in registers.
#pragma GCC unroll 1024
      for (Index i = 0; i < height * width; ++i) {
        const auto input = simd::load<L>(x + i / width * G.x_row + i % width * G.x_pixel + c);
#pragma GCC unroll 1024
        for (Index tap = 0; tap < taps; ++tap) {
          // From the tile's first window to the one whose tap this is.
          const Index down = i / width - tap / KW * G.dilation.height, across = i % width - tap % KW * G.dilation.width;
          const Index r = down / G.stride.height, p = across / G.stride.width;
          if (down == r * G.stride.height && across == p * G.stride.width && down >= 0 && r < ROWS && across >= 0 &&
              p < P)
            sum[r * P + p] += input * weight[tap];
        }
      }
    }
    Scalar sums[array_size(L)];
    simd::store(sums, simd::sum_each<L, Scalar>(sum));
#pragma GCC unroll 64
    for (Index p = 0; p < ROWS * P; ++p)
      y[p / P * G.y_row + p % P * G.y_pixel] =
          finish.template operator()<1>(sums[p] + start, row + p / P, column + p % P, filter);
  }

  /// P neighbouring pixels of dy meet KROWS kernel rows, whose sums stay in registers.
  template <kernels::Conv2DSizes G, Index KROWS, Index P, int L, class Scalar>
  [[gnu::always_inline]] static void gradient_step(const Scalar* __restrict x, const Scalar* __restrict dy,
                                                   simd::Vec<Scalar, L> (&sum)[array_size(KROWS * G.kernel.width)]) {
    constexpr Index KW = G.kernel.width, width = (P - 1) * G.stride.width + (KW - 1) * G.dilation.width + 1;
#pragma GCC unroll 64
    for (Index i = 0; i < KROWS * width; ++i) {
      const auto input = simd::load<L>(x + i / width * G.dilation.height * G.x_row + i % width * G.x_pixel);
#pragma GCC unroll 64
      for (Index kx = 0; kx < KW; ++kx) {
        const Index across = i % width - kx * G.dilation.width, p = across / G.stride.width;
        if (across == p * G.stride.width && across >= 0 && p < P) sum[i / width * KW + kx] += dy[p * G.y_pixel] * input;
      }
    }
  }
};

}  // namespace latent
