/// Fewer multiplications than the definition has: Winograd's minimal filtering F(2 x 2, 3 x 3).
///
/// Two neighbouring outputs of a 3-tap filter need 6 multiplications; Winograd's algorithm needs 4:
///
///     x0 x1 x2 x3          m0 = (x0 - x2) g0                                y0 = m0 + m1 + m2
///     g0 g1 g2             m1 = (x1 + x2) (g0 + g1 + g2) / 2                y1 = m1 - m2 - m3
///        g0 g1 g2          m2 = (x2 - x1) (g0 - g1 + g2) / 2
///                          m3 = (x1 - x3) g2
///
/// Once along the rows and once along the columns: a 4 x 4 tile of x gives 16 numbers V, the kernel gives 16 numbers U
/// (once a step), and their products, summed over the channels, give 2 x 2 outputs with 16 multiplications for 36.
/// Over all tiles t of a block the sums are 16 matrix products, one for each point k of the 4 x 4:
///
///     x  . . . . . .         V[k]  T x C        U[k]  C x F        M[k]  T x F            y  . . . .
///        . [t0 . ] .  --->   [ t0 ]                                [ t0 ]        --->        . . . .    2 x 2 each
///        . . [t1 ] .  B'xB   [ t1 ]         *   [      ]      =    [ t1 ]        A'MA        . . . .
///        tiles overlap       [ .. ]                                [ .. ]
///
///     input gradient    the same with dy, and the kernel turned around
///     weight gradient   the transpose: dM = A dy A', dU[k] += V[k]' dM[k], dkernel = G' dU G
///
/// Additions of neighbours lose a little precision: about 1e-6 of the largest value in float (docs/performance.md).
/// (Winograd 1980; Lavin and Gray 2016: Fast algorithms for convolutional neural networks, arXiv:1509.09308.)
#pragma once

#include "latent/kernels/conv2d_rung.hpp"
#include "latent/kernels/tiles.hpp"

namespace latent {

namespace kernels::points {

/// Scalars from one of the 16 matrices to the next. A cache line more than they have: 16 numbers at a distance of a
/// power of two would fall into the same few places of the cache.
constexpr Index plane(Index size) { return size + 16; }

/// How tiles are taken together: strips (one row of tiles of one image) of a whole batch, so many that U is read from
/// the cache once for about 100 tiles, which still lie in the second-level cache.
template <Index height, Index width>
struct Blocks {
  static constexpr Index columns = (width + 1) / 2, strips_per_image = (height + 1) / 2;
  static constexpr Index strips = std::max<Index>(100 / columns, 1);
  /// Rows of a register tile: those that leave over the fewest tiles of an image.
  static constexpr Index P = [] {
    constexpr Index tiles = columns * strips_per_image, most = simd::accumulators / 2;
    Index best = most;
    for (Index p = most; p >= most / 2; --p)
      if ((tiles + p - 1) / p * p < (tiles + best - 1) / best * best) best = p;
    return best;
  }();
  static constexpr Index image_height = height, image_width = width;
  static constexpr Index tiles = (strips * columns + P - 1) / P * P;  // whole register tiles; some may be unused
  /// Scalars of V and M.
  template <Index channels, Index filters>
  static constexpr Index size = 16 * (plane(tiles * channels) + plane(tiles * filters));
};
/// A matrix product as a convolution: "rows" of P rows of a matrix with C columns, times C x F.
template <Index P, Index C, Index F>
inline constexpr Conv2DSizes product{1, P, C, F, 1, 1, 1, P* C, C, P* F, F};

/// 4 x 4 vectors, and the one-dimensional transforms, applied to the columns and then to the rows.
template <class V>
struct Tile {
  V at[4][4];
  template <class F>
  [[gnu::always_inline]] void both_ways(const F& transform) {
#pragma GCC unroll 16
    for (int j = 0; j < 4; ++j) transform(at[0][j], at[1][j], at[2][j], at[3][j]);
#pragma GCC unroll 16
    for (int i = 0; i < 4; ++i) transform(at[i][0], at[i][1], at[i][2], at[i][3]);
  }
};
template <int L, class Scalar, class V>
[[gnu::always_inline]] inline void store_tile(const Tile<V>& tile, Scalar* to, Index step) {
#pragma GCC unroll 16
  for (Index k = 0; k < 16; ++k) simd::store(to + k * step, tile.at[k / 4][k % 4]);
}
template <int L, class Scalar>
[[gnu::always_inline]] inline auto load_tile(const Scalar* from, Index step) {
  Tile<simd::Vec<Scalar, L>> tile;
#pragma GCC unroll 16
  for (Index k = 0; k < 16; ++k) tile.at[k / 4][k % 4] = simd::load<L>(from + k * step);
  return tile;
}

/// Calls visit(n, tile row, tile column, t) for the tiles of `count` strips from `first` on.
template <class B, class Visit>
[[gnu::always_inline]] inline void for_tiles(Index first, Index count, const Visit& visit) {
  for (Index s = 0; s < count; ++s) {
    const Index n = (first + s) / B::strips_per_image, row = (first + s) % B::strips_per_image;
    for (Index column = 0; column < B::columns; ++column) visit(n, row, column, s * B::columns + column);
  }
}

/// V = B' x B
template <class B, Index C, Index before_y, Index before_x, class Scalar, class X>
void transform_input(View<const Scalar, X> x, Index first, Index count, Scalar* v) {
  for_tiles<B>(first, count, [&](Index n, Index row, Index column, Index t) LATENT_INLINED {
    const Scalar* from = x.pixel(n, 2 * row - before_y, 2 * column - before_x);
    simd::for_each_vector<Scalar, C>([&]<int L>(Index c) LATENT_INLINED {
      Tile<simd::Vec<Scalar, L>> tile;
#pragma GCC unroll 16
      for (Index i = 0; i < 4; ++i)
#pragma GCC unroll 16
        for (Index j = 0; j < 4; ++j) tile.at[i][j] = simd::load<L>(from + i * X::row_step + j * X::pixel_step + c);
      tile.both_ways([](auto& x0, auto& x1, auto& x2, auto& x3) LATENT_INLINED {
        const auto v0 = x0 - x2, v1 = x1 + x2, v2 = x2 - x1, v3 = x1 - x3;
        x0 = v0, x1 = v1, x2 = v2, x3 = v3;
      });
      store_tile<L>(tile, v + t * C + c, plane(B::tiles * C));
    });
  });
}

/// y = finish(bias + A' M A)
template <class B, Index F, class Scalar, class Y, class Finish>
void transform_output(const Scalar* m, const Scalar* bias, View<Scalar, Y> y, Index first, Index count,
                      const Finish& finish) {
  for_tiles<B>(first, count, [&](Index n, Index row, Index column, Index t) LATENT_INLINED {
    simd::for_each_vector<Scalar, F>([&]<int L>(Index f) LATENT_INLINED {
      auto tile = load_tile<L>(m + t * F + f, plane(B::tiles * F));
      tile.both_ways([](auto& m0, auto& m1, auto& m2, auto& m3) LATENT_INLINED {
        const auto y0 = m0 + m1 + m2, y1 = m1 - m2 - m3;
        m0 = y0, m1 = y1;
      });
      const auto start = bias ? simd::load<L>(bias + f) : simd::Vec<Scalar, L>{};
#pragma GCC unroll 16
      for (Index i = 0; i < 2; ++i)
#pragma GCC unroll 16
        for (Index j = 0; j < 2; ++j) {
          const Index o = 2 * row + i, p = 2 * column + j;
          if ((B::image_height % 2 == 0 || o < B::image_height) && (B::image_width % 2 == 0 || p < B::image_width))
            simd::store(y.pixel(n, o, p) + f, finish.template operator()<L>(start + tile.at[i][j], n, o, p, f));
        }
    });
  });
}

/// dM = A dy A'; what an odd image lacks is the border's zeros.
template <class B, Index F, class Scalar, class Z>
void transform_gradient(View<const Scalar, Z> dy, Index first, Index count, Scalar* m) {
  for_tiles<B>(first, count, [&](Index n, Index row, Index column, Index t) LATENT_INLINED {
    const Scalar* from = dy.pixel(n, 2 * row, 2 * column);
    simd::for_each_vector<Scalar, F>([&]<int L>(Index f) LATENT_INLINED {
      Tile<simd::Vec<Scalar, L>> tile;
#pragma GCC unroll 16
      for (Index i = 0; i < 2; ++i)
#pragma GCC unroll 16
        for (Index j = 0; j < 2; ++j) tile.at[i][j] = simd::load<L>(from + i * Z::row_step + j * Z::pixel_step + f);
      const auto spread = [](auto& y0, auto& y1, auto& m2, auto& m3)
                              LATENT_INLINED { m2 = y0 - y1, m3 = -y1, y1 = y0 + y1; };
#pragma GCC unroll 16
      for (int j = 0; j < 2; ++j) spread(tile.at[0][j], tile.at[1][j], tile.at[2][j], tile.at[3][j]);
#pragma GCC unroll 16
      for (int i = 0; i < 4; ++i) spread(tile.at[i][0], tile.at[i][1], tile.at[i][2], tile.at[i][3]);
      store_tile<L>(tile, m + t * F + f, plane(B::tiles * F));
    });
  });
}

/// U = G g G' of L neighbouring weights; `weights` scalars lie between the taps.
template <Index weights, int L, class Scalar>
[[gnu::always_inline]] inline auto transformed_weights(const Scalar* g) {
  Tile<simd::Vec<Scalar, L>> tile;
#pragma GCC unroll 16
  for (Index i = 0; i < 3; ++i)
#pragma GCC unroll 16
    for (Index j = 0; j < 3; ++j) tile.at[i][j] = simd::load<L>(g + (3 * i + j) * weights);
  const auto spread = [](auto& g0, auto& g1, auto& g2, auto& u3) LATENT_INLINED {
    const auto outer = (g0 + g2) / 2, middle = g1 / 2;
    u3 = g2, g1 = outer + middle, g2 = outer - middle;
  };
#pragma GCC unroll 16
  for (int j = 0; j < 3; ++j) spread(tile.at[0][j], tile.at[1][j], tile.at[2][j], tile.at[3][j]);
#pragma GCC unroll 16
  for (int i = 0; i < 4; ++i) spread(tile.at[i][0], tile.at[i][1], tile.at[i][2], tile.at[i][3]);
  return tile;
}

/// dkernel += G' dU G
template <Index weights, class Scalar>
void add_weights(const Scalar* u, Scalar* dw) {
  simd::for_each_vector<Scalar, weights>([&]<int L>(Index w) LATENT_INLINED {
    auto tile = load_tile<L>(u + w, plane(weights));
    tile.both_ways([](auto& u0, auto& u1, auto& u2, auto& u3) LATENT_INLINED {
      const auto sum = (u1 + u2) / 2, difference = (u1 - u2) / 2;
      u0 += sum, u1 = difference, u2 = sum + u3;
    });
#pragma GCC unroll 16
    for (Index i = 0; i < 3; ++i)
#pragma GCC unroll 16
      for (Index j = 0; j < 3; ++j) {
        Scalar* to = dw + (3 * i + j) * weights + w;
        simd::store(to, simd::load<L>(to) + tile.at[i][j]);
      }
  });
}

/// The sums of all windows, or of a part of the strips, block by block.
template <class B, Index C, Index F, Index before_y, Index before_x, class Scalar, class X, class Y, class Finish>
void correlate(View<const Scalar, X> x, const Scalar* u, const Scalar* bias, View<Scalar, Y> y, Scalar* scratch,
               const Finish& finish, Part part = {}) {
  constexpr Index v_plane = plane(B::tiles * C), m_plane = plane(B::tiles * F);
  Scalar *v = scratch, *m = v + 16 * v_plane;
  const Index strips = x.samples * B::strips_per_image, end = part.end(strips);
  for (Index first = part.begin(strips); first < end; first += B::strips) {
    const Index count = std::min(B::strips, end - first);
    transform_input<B, C, before_y, before_x>(x, first, count, v);
    for (Index k = 0; k < 16; ++k)
      Tiles::correlate<product<B::P, C, F>>(v + k * v_plane, u + k * C * F, static_cast<const Scalar*>(nullptr),
                                            m + k * m_plane, StoreSum{}, (count * B::columns + B::P - 1) / B::P);
    transform_output<B, F>(m, bias, y, first, count, finish);
  }
}

template <Convolution C, class Scalar, class X, class Z>
void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar* scratch) {
  using B = Blocks<C.rows.output, C.columns.output>;
  constexpr Index v_plane = plane(B::tiles * C.channels), m_plane = plane(B::tiles * C.filters);
  constexpr Index u_plane = plane(C.channels * C.filters);
  Scalar *v = scratch, *m = v + 16 * v_plane, *u = m + 16 * m_plane;
  const Index strips = x.samples * B::strips_per_image;
  for (Index first = 0; first < strips; first += B::strips) {
    const Index count = std::min(B::strips, strips - first);
    transform_input<B, C.channels, C.rows.before, C.columns.before>(x, first, count, v);
    transform_gradient<B, C.filters>(dy, first, count, m);
    for (Index k = 0; k < 16; ++k)
      Tiles::gradient<product<1, C.channels, C.filters>>(v + k * v_plane, m + k * m_plane, u + k * u_plane,
                                                         {.count = 1, .height = 1, .width = count * B::columns},
                                                         first > 0);
  }
  add_weights<C.channels * C.filters>(u, dw);
}

/// The largest scratch memory of the three functions.
template <Convolution C>
constexpr Index scratch_size() {
  using Y = Blocks<C.rows.output, C.columns.output>;
  using X = Blocks<C.rows.input, C.columns.input>;
  return std::max(Y::template size<C.channels, C.filters> + 16 * plane(C.channels * C.filters),
                  X::template size<C.channels, C.filters>);
}

/// prepared[k], the kernel's 16 points: each a C x F matrix in panels.
template <Convolution C, class Scalar>
void prepare(const Scalar* kernel, Scalar* prepared) {
  constexpr Index weights = C.channels * C.filters;
  tiles::for_panels<Scalar, C.filters>([&]<int Lanes, int V>(Index first) {
    for (Index c = 0; c < C.channels; ++c)
      for (Index f = 0; f < V * Lanes; f += Lanes)
        store_tile<Lanes>(transformed_weights<weights, Lanes>(kernel + c * C.filters + first + f),
                          prepared + first * C.channels + c * V * Lanes + f, weights);
  });
}

/// The same for the kernel turned around, F x C matrices. Turning it exchanges the points 0 and 3.
template <Convolution C, class Scalar>
void prepare_turned(const Scalar* kernel, Scalar* prepared) {
  constexpr Index turned[] = {3, 1, 2, 0}, weights = C.channels * C.filters;
  tiles::for_panels<Scalar, C.channels>([&]<int Lanes, int V>(Index first) {
    constexpr Index width = V * Lanes;
    for (Index c = 0; c < width; ++c)
      simd::for_each_vector<Scalar, C.filters>([&]<int L>(Index f) LATENT_INLINED {
        const auto tile = transformed_weights<weights, L>(kernel + (first + c) * C.filters + f);
        for (Index k = 0; k < 16; ++k) {
          Scalar lanes[array_size(L)];
          simd::store(lanes, tile.at[turned[k / 4]][turned[k % 4]]);
          for (Index lane = 0; lane < L; ++lane)
            prepared[k * weights + first * C.filters + (f + lane) * width + c] = lanes[lane];
        }
      });
  });
}

}  // namespace kernels::points

/// The rung of Winograd's F(2 x 2, 3 x 3).
struct winograd : kernels::Rung {
  template <kernels::Convolution C>
  static constexpr bool fits = C.rows.kernel == 3 && C.columns.kernel == 3 && C.rows.stride == 1 &&
                               C.columns.stride == 1 && C.rows.dilation == 1 && C.columns.dilation == 1;

  // The last tile of an odd image reads one pixel more.
  template <kernels::Convolution C>
  static constexpr Border input_border =
      C.input_border() + Border{.bottom = C.rows.output % 2, .right = C.columns.output % 2};
  template <kernels::Convolution C>
  static constexpr Border gradient_border =
      C.gradient_border() + Border{.bottom = std::max(C.rows.input % 2, C.rows.output % 2),
                                   .right = std::max(C.columns.input % 2, C.columns.output % 2)};
  template <kernels::Convolution C>
  static constexpr Index scratch_size = kernels::points::scratch_size<C>();

  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar* scratch,
                      const Finish& finish, kernels::Part part = {}) {
    using B = kernels::points::Blocks<C.rows.output, C.columns.output>;
    kernels::points::correlate<B, C.channels, C.filters, C.rows.before, C.columns.before>(x, w.prepared, w.bias, y,
                                                                                          scratch, finish, part);
  }

  /// Strips. A million multiply-adds take some 5 us, ten times as long as a second thread is called and waited for.
  template <kernels::Convolution C>
  static constexpr Index forward_parts = [] {
    using B = kernels::points::Blocks<C.rows.output, C.columns.output>;
    return C.rows.output * C.columns.output * C.weights() >= 1'000'000 ? B::strips_per_image : 1;
  }();

  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar* scratch,
                             const Finish& finish) {
    using B = kernels::points::Blocks<C.rows.input, C.columns.input>;
    kernels::points::correlate<B, C.filters, C.channels, 2 - C.rows.before, 2 - C.columns.before>(
        dy, w.prepared, w.bias, dx, scratch, finish);
  }

  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar* scratch) {
    kernels::points::weight_gradient<C>(x, dy, dw, scratch);
  }

  template <kernels::Convolution C>
  static constexpr Index forward_prepared = 16 * C.channels * C.filters;
  template <kernels::Convolution C, class Scalar>
  static void prepare_forward(const Scalar* kernel, Scalar* prepared) {
    kernels::points::prepare<C>(kernel, prepared);
  }
  template <kernels::Convolution C>
  static constexpr Index gradient_prepared = 16 * C.channels * C.filters;
  template <kernels::Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar* kernel, Scalar* prepared) {
    kernels::points::prepare_turned<C>(kernel, prepared);
  }
};

}  // namespace latent
