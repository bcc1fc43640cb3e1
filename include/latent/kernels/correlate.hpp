/// The correlation of one image, forward and with respect to the weights: register tiles, or the path for one filter.
#pragma once

#include "latent/kernels/one_filter.hpp"
#include "latent/kernels/tiles.hpp"

namespace latent::kernels {

/// Correlates one image with a set of kernels:
///     y[row][column][f] = finish(start[f] + sum_{ky, kx, c} x[row s + ky d][column s + kx d][c] * w[ky][kx][c][f])
/// x points at what the first tap of the first window reads (its border lies in memory); w is (KH, KW, C, F) without
/// gaps; start may be null for 0. `finish.template operator()<Lanes>(sum, row, column, filter)` gives what is stored.
template <Conv2DSizes G, class Scalar, class Finish>
[[gnu::noinline]] void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y, const Finish& finish) {
  if constexpr (has_one_filter_path<G, Scalar>)
    correlate_one_filter<G>(x, w, start, y, finish);
  else
    tiles::forward<G>(x, w, start, y, finish, G.height);
}

/// The gradient with respect to the weights, added to dw:
///     dw[ky][kx][c][f] += sum_{row, column} x[row s + ky d][column s + kx d][c] * dy[row][column][f]
template <Conv2DSizes G, class Scalar>
void correlate_gradient(const Scalar* x, const Scalar* dy, Scalar* dw) {
  if constexpr (has_one_filter_path<G, Scalar>)
    correlate_gradient_one_filter<G>(x, dy, dw);
  else
    tiles::gradient<G>(x, dy, dw, G.height, G.width, true);
}

}  // namespace latent::kernels
