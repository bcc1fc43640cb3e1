/// Matrix products for Dense: a matrix with `rows` rows of C values is an image of one line of `rows` pixels with C
/// channels, and a product with a (C, F) matrix is its 1 x 1 convolution, on the rung that conv2d.hpp chooses for it.
#pragma once

#include "latent/kernels/conv2d.hpp"

namespace latent::kernels {

namespace detail {
template <Index Rows, Index C, Index F>
inline constexpr Conv2DSizes line{1, Rows, C, F, 1, 1, 1, 0, C, 0, F};
}

/// Rows of the largest tile of a product with so many weights; for few of them small tiles are fast enough.
constexpr Index most_rows(Index weights) { return weights < 1024 ? 4 : simd::accumulators / 2; }

template <Index C, Index F, class Scalar>
using ProductRung = FastestDirect<C, F, 1, false, Scalar>;

/// Stores the weights of a product in the order in which it reads them; `at(0, c, f)` returns them.
template <Index C, Index F, class Scalar, class At>
void pack_weights(Index taps, const At& at, Scalar* packed) {
  ProductRung<C, F, Scalar>::template pack<C, F>(taps, at, packed);
}

/// y[r][f] = start[f] + sum_c x[r][c] * w[c][f], w as pack_weights has it: tiles of Rows rows, then of 4, then of 1.
template <Index C, Index F, Index Rows = most_rows(C * F), class Scalar>
[[gnu::noinline]] void matrix_product(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, Index rows) {
  for (; rows >= Rows; rows -= Rows, x += Rows * C, y += Rows * F)
    ProductRung<C, F, Scalar>::template correlate<detail::line<Rows, C, F>>(x, w, start, y, StoreSum{});
  if constexpr (Rows > 1) matrix_product<C, F, (Rows > 4 ? 4 : 1)>(x, w, start, y, rows);
}

/// dw[c][f] += sum_r x[r][c] * dy[r][f]
template <Index C, Index F, class Scalar>
void matrix_gradient(const Scalar* x, const Scalar* dy, Scalar* dw, Index rows) {
  Tiles::gradient<detail::line<1, C, F>>(x, dy, dw, {.count = 1, .height = 1, .width = rows}, true);
}

/// sums[f] += sum_r dy[r][f]; four rows at a time, because the sums are read from memory and written back.
template <Index F, class Scalar>
void sum_rows(const Scalar* dy, Scalar* sums, Index rows) {
  for (; rows >= 4; rows -= 4, dy += 4 * F)
    simd::map(
        sums, F, [](auto sum, auto a, auto b, auto c, auto d) { return sum + ((a + b) + (c + d)); }, sums, dy, dy + F,
        dy + 2 * F, dy + 3 * F);
  for (; rows > 0; --rows, dy += F) simd::map(sums, F, [](auto sum, auto a) { return sum + a; }, sums, dy);
}

}  // namespace latent::kernels
