/// The correlation of one image, forward and with respect to the weights: register tiles, or the paths for one filter and
/// for few weights.
#pragma once

#include "latent/kernels/few_weights.hpp"
#include "latent/kernels/one_filter.hpp"
#include "latent/kernels/tiles.hpp"

namespace latent::kernels {

/// Where the taps of a kernel row lie side by side in x, a few channels are more conveniently seen as one tap with a
/// kernel row's worth of channels.
constexpr Conv2DSizes merged(Conv2DSizes sizes) {
  if (sizes.channels < 16 && sizes.dilation.width == 1 && sizes.x_pixel == sizes.channels) {
    sizes.channels *= sizes.kernel.width;
    sizes.kernel.width = 1;
    sizes.x_columns = {};  // a window at the edge has border and image in one tap
  }
  return sizes;
}

/// Correlates one image with a set of kernels:
///     y[row][column][f] = finish(start[f] + sum_{ky, kx, c} x[row s + ky d][column s + kx d][c] * w[ky][kx][c][f])
/// x points at what the first tap of the first window reads (its border lies in memory); w is (KH, KW, C, F) in panels
/// (tiles::pack); start may be null for 0. `finish.template operator()<Lanes>(sum, row, column, filter)` gives what is
/// stored.
template <Conv2DSizes G, class Scalar, class Finish>
[[gnu::noinline]] void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y,
                                 const Finish& finish) {
  if constexpr (has_one_filter_path<G, Scalar>)
    correlate_one_filter<G>(x, w, start, y, finish);
  else if constexpr (has_few_weights_path<G, Scalar>)
    correlate_few_weights<G>(x, w, start, y, finish);
  else
    tiles::forward<merged(G)>(x, w, start, y, finish, G.height);
}

/// The gradient with respect to the weights, over several images, added to dw:
///     dw[ky][kx][c][f] += sum_{n, row, column} x[n][row s + ky d][column s + kx d][c] * dy[n][row][column][f]
/// `x_image` and `dy_image` scalars lie between two images.
template <Conv2DSizes G, class Scalar>
void correlate_gradient(const Scalar* x, Index x_image, const Scalar* dy, Index dy_image, Scalar* dw, Index images) {
  if constexpr (has_one_filter_path<G, Scalar>)
    for (Index n = 0; n < images; ++n) correlate_gradient_one_filter<G>(x + n * x_image, dy + n * dy_image, dw);
  else
    tiles::gradient<G>(x, dy, dw, {images, x_image, dy_image, G.height, G.width}, true);
}

}  // namespace latent::kernels
