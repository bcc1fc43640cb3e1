/// Register tiles: the inner loops of the fast convolutions and matrix products.
///
/// A tile of P pixels x V vectors of output channels is accumulated in registers: for each scalar of the patch under
/// the windows, V vectors of weights are loaded once and P inputs are broadcast, which gives P * V multiply-adds for
/// P + V loads. Nothing but the finished tile is written.
///
///              w[k][v]                          the same for the weight gradient: R scalars of the patch x V vectors
///            [v0][v1]                           of dy are summed over all pixels
///     x[p0] (  sum   )   sum += x[p] * w[v]
///     x[p1] ( stays  )                                        dy[v0][v1]
///     ...   (  in    )                                x[r0] (    sum    )
///     x[pP] (registers)                               x[r1] (           )
///
/// In this order: a correlation in memory, a tile of the output, how it leaves out the border's zeros, a tile of the
/// weight gradient, and how tiles cover whole images (Tiles).
///
/// Dimension letters: P pixels of a tile, V vectors of filters, K kernel taps, C channels, F filters.
#pragma once

#include <limits>

#include "latent/kernels/convolution.hpp"
#include "latent/kernels/simd.hpp"

namespace latent::kernels {

/// One correlation in memory, all known at compile time: that is what lets the compiler turn the loops into straight
/// lines of multiply-adds with constant addresses. The borders may be larger than what the windows read.
struct Conv2DSizes {
  Index height, width;      ///< output pixels
  Index channels, filters;  ///< input and output channels
  Size kernel, stride, dilation;
  Index x_row, x_pixel;  ///< scalars from one input row (pixel) to the next
  Index y_row, y_pixel;  ///< the same of the output
  /// The image within what the windows read: `size` rows after `before` rows of border. Zeros need not be multiplied.
  struct Extent {
    Index before = 0, size = std::numeric_limits<Index>::max() / 2;
  } x_rows = {}, x_columns = {};
};

/// What is done to a finished sum before it is stored: nothing.
struct StoreSum {
  template <int Lanes, class V>
  [[gnu::always_inline]] V operator()(V sum, Index, Index, Index) const {
    return sum;
  }
};

namespace tiles {

// ---- a tile of the output

/// first, first + 1, ..., end - 1
struct Range {
  Index first, end;
};

/// Where some taps lie in the border, its zeros are left out: see below.
template <Conv2DSizes G, Index P>
constexpr bool meets_border();
template <Conv2DSizes G, Index ROWS, Index P, class Add>
void for_taps_in_image(Index row, const Add& add);

/// Channels in a round of a tile's loop. Four make a tile with 16 or 32 of them 7 % faster, and a tile of few sums; with more
/// channels, or registers that are not full, it is not worth the time to compile.
constexpr Index channels_together(Index channels, Index sums, bool full_registers) {
  return sums > 8 && (channels > 32 || !full_registers) ? 1 : std::clamp<Index>(channels, 1, 4);
}

/// ROWS x P pixels from (row, column) on, V vectors of filters; x, w, start and y point at what is theirs.
template <Conv2DSizes G, int Lanes, int V, Index ROWS, Index P, class Scalar, class Finish>
[[gnu::always_inline]] inline void tile(const Scalar* __restrict x, const Scalar* __restrict w,
                                        const Scalar* __restrict start, Scalar* __restrict y, Index row, Index column,
                                        Index filter, const Finish& finish) {
  simd::Vec<Scalar, Lanes> sum[array_size(ROWS * P)][array_size(V)];
#pragma GCC unroll 64
  for (int v = 0; v < V; ++v) {
    const auto first = start ? simd::load<Lanes>(start + v * Lanes) : simd::Vec<Scalar, Lanes>{};
#pragma GCC unroll 64
    for (Index p = 0; p < ROWS * P; ++p) sum[p][v] = first;
  }

  // One tap, for the tile's pixels rows x columns.
  const auto add_tap = [&]<Range rows, Range columns>(Index ky, Index kx) LATENT_INLINED {
    const Scalar* inputs = x + ky * G.dilation.height * G.x_row + kx * G.dilation.width * G.x_pixel;
    const Scalar* weights = w + (ky * G.kernel.width + kx) * G.channels * V * Lanes;
    const auto add_channel = [&](Index c) LATENT_INLINED {
      simd::Vec<Scalar, Lanes> weight[array_size(V)];
#pragma GCC unroll 64
      for (int v = 0; v < V; ++v) weight[v] = simd::load<Lanes>(weights + (c * V + v) * Lanes);
#pragma GCC unroll 64
      for (Index r = rows.first; r < rows.end; ++r)
#pragma GCC unroll 64
        for (Index p = columns.first; p < columns.end; ++p) {
          const Scalar input = inputs[r * G.stride.height * G.x_row + p * G.stride.width * G.x_pixel + c];
#pragma GCC unroll 64
          for (int v = 0; v < V; ++v) sum[r * P + p][v] += input * weight[v];
        }
    };
    constexpr Index together = channels_together(G.channels, ROWS * P * V, Lanes == simd::lanes<Scalar>);
    constexpr Index whole = G.channels / together * together;
    for (Index c = 0; c < whole; c += together)
#pragma GCC unroll 4
      for (Index i = 0; i < together; ++i) add_channel(c + i);
#pragma GCC unroll 4
    for (Index c = whole; c < G.channels; ++c) add_channel(c);
  };
  if constexpr (meets_border<G, P>()) {
    for_taps_in_image<G, ROWS, P>(row, add_tap);
  } else {
    for (Index ky = 0; ky < G.kernel.height; ++ky)
      for (Index kx = 0; kx < G.kernel.width; ++kx) add_tap.template operator()<Range{0, ROWS}, Range{0, P}>(ky, kx);
  }

#pragma GCC unroll 64
  for (Index p = 0; p < ROWS * P; ++p)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v)
      simd::store(y + p / P * G.y_row + p % P * G.y_pixel + v * Lanes,
                  finish.template operator()<Lanes>(sum[p][v], row + p / P, column + p % P, filter + v * Lanes));
}

// ---- leaving out the border

/// Those of the outputs for which a tap, `offset` inputs after a window's first, lies in the image.
constexpr Range meeting(Index offset, Index stride, Conv2DSizes::Extent image, Range outputs) {
  const Index ahead = image.before - offset;  // output o reads the image's o * stride - ahead
  const auto first_from = [=](Index input) { return (std::max<Index>(input, 0) + stride - 1) / stride; };
  const Index first = std::max(outputs.first, first_from(ahead));
  return {first, std::max(first, std::min(outputs.end, first_from(ahead + image.size)))};
}

/// Whether tiles of P columns are lines of the whole image, with so many channels that leaving out pixels pays; kernel
/// rows seen as one tap (`merged`) have few.
template <Conv2DSizes G, Index P>
inline constexpr bool has_whole_lines = (P == G.width) && (G.channels >= 16) && (G.kernel.width > 1);

/// Whether tiles of P columns may meet a border that they can leave out.
template <Conv2DSizes G, Index P>
constexpr bool meets_border() {
  const auto reaches = [](Conv2DSizes::Extent inside, Index last) {
    return inside.before > 0 || last >= inside.before + inside.size;
  };
  const Index last_row = (G.height - 1) * G.stride.height + (G.kernel.height - 1) * G.dilation.height;
  const Index last_column = (G.width - 1) * G.stride.width + (G.kernel.width - 1) * G.dilation.width;
  return reaches(G.x_rows, last_row) || (has_whole_lines<G, P> && reaches(G.x_columns, last_column));
}

/// The taps of a kernel row that lie in the image for every output of a line.
template <Conv2DSizes G>
constexpr Range inner_taps() {
  const auto meets_all = [](Index kx) {
    const Range inside = meeting(kx * G.dilation.width, G.stride.width, G.x_columns, {0, G.width});
    return inside.first == 0 && inside.end == G.width;
  };
  Range inner{0, G.kernel.width};
  while (inner.first < inner.end && !meets_all(inner.first)) ++inner.first;
  while (inner.first < inner.end && !meets_all(inner.end - 1)) --inner.end;
  return inner;
}

/// Whether some kernel row meets the image in only one row, the first (0) or the second (1), of a pair of output rows.
template <Conv2DSizes G>
constexpr bool has_half_pair(Index which) {
  for (Index row = 0; row + 2 <= G.height; row += 2)
    for (Index ky = 0; ky < G.kernel.height; ++ky) {
      const Range inside = meeting(ky * G.dilation.height, G.stride.height, G.x_rows, {row, row + 2});
      if (inside.first == row + which && inside.end == row + which + 1) return true;
    }
  return false;
}

/// Calls f.template operator()<i>() for i = first ... end - 1.
template <Index first, Index end, class F>
[[gnu::always_inline]] inline void unrolled(const F& f) {
  if constexpr (first < end) {
    f.template operator()<first>();
    unrolled<first + 1, end>(f);
  }
}

/// Calls add.template operator()<rows, columns>(ky, kx) for the taps of a tile's pixels that lie in the image. A kernel
/// row that lies in the border is left out, for all of the tile or, in a pair of lines, for one of them. Where the tile
/// has whole lines of the image, so are the pixels whose tap lies in the border; taps with such pixels, the first and
/// the last ones of a kernel row, have code of their own.
template <Conv2DSizes G, Index ROWS, Index P, class Add>
[[gnu::always_inline]] inline void for_taps_in_image(Index row, const Add& add) {
  constexpr bool whole_lines = has_whole_lines<G, P>, pairs = whole_lines && ROWS == 2;
  constexpr Index inner_first = whole_lines ? inner_taps<G>().first : 0;
  constexpr Index inner_end = whole_lines ? inner_taps<G>().end : G.kernel.width;
  for (Index ky = 0; ky < G.kernel.height; ++ky) {
    const auto add_row = [&]<Range rows>() LATENT_INLINED {
      const auto add_outer = [&]<Index kx>() LATENT_INLINED {
        add.template operator()<rows, meeting(kx * G.dilation.width, G.stride.width, G.x_columns, {0, P})>(ky, kx);
      };
      unrolled<0, inner_first>(add_outer);
      for (Index kx = inner_first; kx < inner_end; ++kx) add.template operator()<rows, Range{0, P}>(ky, kx);
      unrolled<inner_end, G.kernel.width>(add_outer);
    };
    const Range inside = meeting(ky * G.dilation.height, G.stride.height, G.x_rows, {row, row + ROWS});
    if (inside.first == inside.end) continue;
    if constexpr (pairs && has_half_pair<G>(1)) {
      if (inside.first > row) {
        add_row.template operator()<Range{1, 2}>();
        continue;
      }
    }
    if constexpr (pairs && has_half_pair<G>(0)) {
      if (inside.end < row + 2) {
        add_row.template operator()<Range{0, 1}>();
        continue;
      }
    }
    add_row.template operator()<Range{0, ROWS}>();
  }
}

// ---- a tile of the weight gradient

/// What a weight gradient walks over: `height` x `width` pixels of dy in `count` images, which lie `x` and `dy` scalars
/// apart.
struct Images {
  Index count, x{}, dy{}, height, width;
};

/// One tile of the weight gradient: KROWS kernel rows x R neighbours of the patch, V vectors of filters, summed over
/// the pixels rows x columns of all images.
template <Conv2DSizes G, int Lanes, int V, Index KROWS, Index R, class Scalar>
[[gnu::always_inline]] inline void gradient_tile(const Scalar* __restrict x, const Scalar* __restrict dy,
                                                 Scalar* __restrict dw, const Images& images, Range rows, Range columns,
                                                 bool add) {
  using Vec = simd::Vec<Scalar, Lanes>;
  constexpr Index patch = G.kernel.width * G.channels;
  Vec sum[array_size(KROWS * R)][array_size(V)];
#pragma GCC unroll 64
  for (Index r = 0; r < KROWS * R; ++r)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v) sum[r][v] = Vec{};

  for (Index n = 0; n < images.count; ++n)
    for (Index row = rows.first; row < rows.end; ++row) {
      const Scalar* window = x + n * images.x + row * G.stride.height * G.x_row;
      const Scalar* pixel = dy + n * images.dy + row * G.y_row;
#pragma GCC unroll 2
      for (Index column = columns.first; column < columns.end; ++column) {
        Vec gradient[array_size(V)];
#pragma GCC unroll 64
        for (int v = 0; v < V; ++v) gradient[v] = simd::load<Lanes>(pixel + column * G.y_pixel + v * Lanes);
#pragma GCC unroll 64
        for (Index r = 0; r < KROWS * R; ++r) {
          const Scalar input =
              window[column * G.stride.width * G.x_pixel + r / R * G.dilation.height * G.x_row + r % R];
#pragma GCC unroll 64
          for (int v = 0; v < V; ++v) sum[r][v] += input * gradient[v];
        }
      }
    }

#pragma GCC unroll 64
  for (Index r = 0; r < KROWS * R; ++r)
#pragma GCC unroll 64
    for (int v = 0; v < V; ++v) {
      Scalar* to = dw + (r / R * patch + r % R) * G.filters + v * Lanes;
      simd::store(to, add ? simd::load<Lanes>(to) + sum[r][v] : sum[r][v]);
    }
}

// ---- whole images

/// How many vectors of filters a forward tile holds: 2 where there are as many.
constexpr int forward_vectors(Index available) { return available >= 2 ? 2 : 1; }

/// The same for a tile of the weight gradient: 4 x 6 needs fewer loads than 2 x 14, and nothing has to divide the 6.
constexpr int gradient_vectors(Index available) {
  return simd::registers == 32 && available % 4 == 0 ? 4 : forward_vectors(available);
}

/// Calls visit.template operator()<Lanes, V>(f) for the groups of V vectors of Lanes filters from f on that tiles work
/// on: first full registers, then what is left in narrower ones.
template <class Scalar, Index F, int (*vectors)(Index) = forward_vectors, Index FIRST = 0, class Visit>
[[gnu::always_inline]] inline void for_panels(const Visit& visit) {
  constexpr auto widest = std::bit_floor(static_cast<std::size_t>(F - FIRST));
  constexpr int Lanes = static_cast<int>(std::min(static_cast<std::size_t>(simd::lanes<Scalar>), widest));
  constexpr Index available = (F - FIRST) / Lanes;
  constexpr int V = vectors(available);
  constexpr Index next = FIRST + available / V * V * Lanes, end = FIRST + available * Lanes;
  for (Index f = FIRST; f < next; f += V * Lanes) visit.template operator()<Lanes, V>(f);
  if constexpr (next < end) visit.template operator()<Lanes, 1>(next);
  if constexpr (end < F) for_panels<Scalar, F, vectors, end>(visit);
}

/// Splits `n` into equal parts of at most `most`.
constexpr Index part(Index n, Index most) {
  const Index parts = (n + most - 1) / most;
  return (n + parts - 1) / parts;
}

/// The same for a tile of the weight gradient: parts without a remainder, which would be one more tile to compile,
/// where they are large enough.
constexpr Index gradient_part(Index n, Index most) {
  for (Index size = std::min(n, most); 7 * size >= 4 * most; --size)
    if (n % size == 0) return size;
  return part(n, most);
}

/// The tiles of a weight gradient: KROWS kernel rows x R neighbours of the patch, V vectors of filters; and how many pixels each
/// walks over before the next one does: `band` rows of `together` images, as many as the second-level cache certainly holds.
template <Conv2DSizes G, int Lanes, int V, class Scalar>
struct GradientTiles {
  // The patch of a kernel row is one run of neighbours in x; with dilation, or among the channels of other groups, every
  // tap is a run of its own.
  static constexpr bool one_run = G.dilation.width == 1 && G.x_pixel == G.channels;
  static constexpr Index runs = one_run ? 1 : G.kernel.width, run = G.kernel.width / runs * G.channels;
  static constexpr Index most = V == 4 ? 6 : simd::accumulators / V;
  static constexpr Index KROWS = runs == 1 && run * G.kernel.height <= most ? G.kernel.height : 1;
  // Whole taps where they fill the registers: with parts of two taps a tile is a fifth slower.
  static constexpr bool whole_tap = G.channels <= most && 7 * G.channels >= 4 * most;
  static constexpr Index R = whole_tap ? G.channels : gradient_part(run, most);
  static constexpr Index row_bytes =
      (G.stride.height * G.x_row + G.width * V * Lanes) * static_cast<Index>(sizeof(Scalar));
  static constexpr Index band = part(G.height, std::max<Index>(8 * simd::cache_bytes / row_bytes, 1));
  static constexpr Index together = std::max<Index>(8 * simd::cache_bytes / (row_bytes * G.height), 1);
};

/// Where the taps of a kernel row lie side by side in x, a few channels are more conveniently seen as one tap with a
/// kernel row's worth of channels. (With 8 and more that would be half as fast.)
constexpr Conv2DSizes merged(Conv2DSizes sizes) {
  if (sizes.channels < 8 && sizes.dilation.width == 1 && sizes.x_pixel == sizes.channels) {
    sizes.channels *= sizes.kernel.width;
    sizes.kernel.width = 1;
    sizes.x_columns = {};  // a window at the edge has border and image in one tap
  }
  return sizes;
}

}  // namespace tiles

struct Tiles {
  /// Correlates one image with a set of kernels:
  ///     y[row][column][f] = finish(start[f] + sum_{ky, kx, c} x[row s + ky d][column s + kx d][c] * w[ky][kx][c][f])
  /// x points at what the first tap of the first window reads (its border lies in memory); w is as `pack` leaves it;
  /// start may be null for 0. `finish.template operator()<Lanes>(sum, row, column, filter)` gives what is stored. Of
  /// the lines, only `height` may be asked for, if they are a multiple of a tile's.
  template <Conv2DSizes sizes, class Scalar, class Finish, Conv2DSizes G = tiles::merged(sizes)>
  [[gnu::noinline]] static void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y,
                                          const Finish& finish, Index height = sizes.height) {
    tiles::for_panels<Scalar, G.filters>([&]<int Lanes, int V>(Index filter) LATENT_INLINED {
      constexpr Index most = simd::accumulators / V;
      constexpr Index P = tiles::part(G.width, most), last_p = G.width - (G.width - 1) / P * P;
      constexpr Index ROWS = P == G.width ? std::min<Index>(G.height, std::max<Index>(most / P, 1)) : 1;
      constexpr Index last_rows = G.height % ROWS;
      const auto tile = [&]<Index R, Index Q>(Index row, Index column) {
        const Scalar* window = x + row * G.stride.height * G.x_row + column * G.stride.width * G.x_pixel;
        const Scalar* panel = w + filter * G.kernel.height * G.kernel.width * G.channels;
        const Scalar* bias = start ? start + filter : nullptr;
        Scalar* pixel = y + row * G.y_row + column * G.y_pixel + filter;
        tiles::tile<G, Lanes, V, R, Q>(window, panel, bias, pixel, row, column, filter, finish);
      };
      for (Index row = 0; row + ROWS <= height; row += ROWS) {
        for (Index column = 0; column + P < G.width; column += P) tile.template operator()<ROWS, P>(row, column);
        tile.template operator()<ROWS, last_p>(row, G.width - last_p);
      }
      if constexpr (last_rows > 0) tile.template operator()<last_rows, last_p>(G.height - last_rows, 0);
    });
  }

  /// Weights in the order in which `correlate` reads them. A matrix of K x F becomes panels of the V * Lanes columns
  /// that one tile needs, each of them K rows without gaps:
  ///
  ///     [ a b | c d ]                  a tile that walks down a panel reads memory from its beginning to its end
  ///     [ e f | g h ]   ->  a b e f i j | c d g h k l
  ///     [ i j | k l ]
  ///
  /// `at(tap, c, f)` gives the weights of a matrix with K = taps * C rows. Panel f starts at panels + f * K.
  template <Index C, Index F, class Scalar, class At>
  static void pack(Index taps, const At& at, Scalar* panels) {
    tiles::for_panels<Scalar, F>([&]<int Lanes, int V>(Index first) {
      Scalar* to = panels + first * taps * C;
      for (Index tap = 0; tap < taps; ++tap)
        for (Index c = 0; c < C; ++c)
          for (Index f = first; f < first + V * Lanes; ++f) *to++ = at(tap, c, f);
    });
  }

  /// The gradient with respect to the weights, over several images, added to dw, or assigned without `add`:
  ///     dw[ky][kx][c][f] += sum_{n, row, column} x[n][row s + ky d][column s + kx d][c] * dy[n][row][column][f]
  /// Every tile walks over all pixels of x and dy, but needs no more than a line of the cache of each pixel of x, which
  /// the next tiles find in the first-level cache. What costs is that it reads and writes dw each time: so it takes as
  /// many pixels at once as the second-level cache certainly holds.
  template <Conv2DSizes G, class Scalar>
  [[gnu::noinline]] static void gradient(const Scalar* x, const Scalar* dy, Scalar* dw, const tiles::Images& all,
                                         bool add) {
    using tiles::Range, tiles::meeting;
    tiles::for_panels<Scalar, G.filters, tiles::gradient_vectors>([&]<int Lanes, int V>(Index filter) LATENT_INLINED {
      using T = tiles::GradientTiles<G, Lanes, V, Scalar>;
      constexpr Index runs = T::runs, run = T::run, KROWS = T::KROWS, R = T::R, last_r = run % R;
      constexpr Index band = T::band, together = T::together;
      for (Index n = 0; n < all.count; n += together)
        for (Index row = 0; row < all.height; row += band) {
          tiles::Images images = all;
          images.count = std::min(together, all.count - n);
          const Range all_rows{row, std::min(row + band, all.height)}, all_columns{0, all.width};
          const Scalar *x_images = x + n * all.x, *dy_images = dy + n * all.dy + filter;
          const auto tile = [&]<Index Q>(Index ky, Index kx, Index r) {
            // The pixels for which one of the tile's taps, (ky, first) to (ky + KROWS - 1, last), lies in the image.
            const Index first = kx * run / G.channels + r / G.channels,
                        last = kx * run / G.channels + (r + Q - 1) / G.channels;
            const Range rows{meeting((ky + KROWS - 1) * G.dilation.height, G.stride.height, G.x_rows, all_rows).first,
                             meeting(ky * G.dilation.height, G.stride.height, G.x_rows, all_rows).end};
            const Range columns{meeting(last * G.dilation.width, G.stride.width, G.x_columns, all_columns).first,
                                meeting(first * G.dilation.width, G.stride.width, G.x_columns, all_columns).end};
            tiles::gradient_tile<G, Lanes, V, KROWS, Q>(
                x_images + ky * G.dilation.height * G.x_row + kx * G.dilation.width * G.x_pixel + r, dy_images,
                dw + ((ky * runs + kx) * run + r) * G.filters + filter, images, rows, columns, add || n > 0 || row > 0);
          };
          for (Index ky = 0; ky < G.kernel.height; ky += KROWS)
            for (Index kx = 0; kx < runs; ++kx) {
              for (Index r = 0; r + R <= run; r += R) tile.template operator()<R>(ky, kx, r);
              if constexpr (last_r > 0) tile.template operator()<last_r>(ky, kx, run - last_r);
            }
        }
    });
  }
};

}  // namespace latent::kernels
