/// The correlation of one image, forward and with respect to the weights: register tiles, or the paths for few filters
/// and for few weights.
#pragma once

#include "latent/kernels/few_filters.hpp"
#include "latent/kernels/few_weights.hpp"
#include "latent/kernels/tiles.hpp"

namespace latent::kernels {

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

/// The weights of a correlation in the order in which it reads them; `at(tap, c, f)` gives them.
template <Index C, Index F, Size dilation = Size{1, 1}, class Scalar, class At>
void pack_weights(Index taps, const At& at, Scalar* packed) {
  if constexpr (few_filters<C, F, dilation, Scalar>)
    pack_filters<C, F>(taps, at, packed);
  else
    tiles::pack<C, F>(taps, at, packed);
}

/// Correlates one image with a set of kernels:
///     y[row][column][f] = finish(start[f] + sum_{ky, kx, c} x[row s + ky d][column s + kx d][c] * w[ky][kx][c][f])
/// x points at what the first tap of the first window reads (its border lies in memory); w is as
/// pack_weights leaves it; start may be null for 0. `finish.template operator()<Lanes>(sum, row, column, filter)` gives
/// what is stored.
template <Conv2DSizes G, class Scalar, class Finish>
[[gnu::noinline]] void correlate(const Scalar* x, const Scalar* w, const Scalar* start, Scalar* y,
                                 const Finish& finish) {
  if constexpr (has_few_filters_path<G, Scalar>)
    correlate_few_filters<G>(x, w, start, y, finish);
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
  const tiles::Images all{images, x_image, dy_image, G.height, G.width};
  if constexpr (has_few_filters_path<G, Scalar>)
    correlate_gradient_few_filters<G>(x, dy, dw, all);
  else
    tiles::gradient<G>(x, dy, dw, all, true);
}

}  // namespace latent::kernels
