/// Matrix products for Dense, on the tiles of the convolution: a matrix with `rows` rows of C values is an image of one
/// line of `rows` pixels with C channels, and a product with a (C, F) matrix is its 1 x 1 convolution.
#pragma once

#include "latent/kernels/correlate.hpp"

namespace latent::kernels {

namespace detail {
template <Index Rows, Index C, Index F>
inline constexpr Conv2DSizes line{1, Rows, C, F, 1, 1, 1, 0, C, 0, F};
}

/// y[r][f] = finish(start[f] + sum_c x[r][c] * w[c][f]), w in panels (tiles::pack): whole tiles of Rows rows, then ever
/// smaller ones.
template <Index C, Index F, Index Rows = simd::accumulators / 2, class Scalar, class Finish>
void matrix_product(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, Index rows,
                    const Finish& finish) {
  for (; rows >= Rows; rows -= Rows, x += Rows * C, y += Rows * F)
    correlate<detail::line<Rows, C, F>>(x, w, start, y, finish);
  if constexpr (Rows > 1)
    if (rows > 0) matrix_product<C, F, Rows / 2>(x, w, start, y, rows, finish);
}

/// dw[c][f] += sum_r x[r][c] * dy[r][f]
template <Index C, Index F, class Scalar>
void matrix_gradient(const Scalar* x, const Scalar* dy, Scalar* dw, Index rows) {
  tiles::gradient<detail::line<1, C, F>>(x, dy, dw, {1, 0, 0, 1, rows}, true);
}

/// sums[f] += sum_r dy[r][f]
template <Index F, class Scalar>
void sum_rows(const Scalar* dy, Scalar* sums, Index rows) {
  for (Index r = 0; r < rows; ++r)
    for (Index f = 0; f < F; ++f) sums[f] += dy[r * F + f];
}

}  // namespace latent::kernels
