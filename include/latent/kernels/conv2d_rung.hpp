/// The convolution ladder: one convolution, computed in ways that get faster from rung to rung. What a rung is, in
/// words.
///
///     naive      the loops of the definition
///     im2col     the windows written out as the rows of a matrix, then a matrix product
///     tiled      the same matrix, never written out: register tiles read x where it lies
///     few_filters, few_weights   other tiles, for layers with few channels on one side
///     winograd   fewer multiplications than the definition has, for 3 x 3 kernels
///
/// A rung is a type with three static functions, for a Convolution C (its sizes) and Views that hold the border of
/// zeros that the windows reach: x at least input_border<C>, dy at least gradient_border<C>. (Larger ones are what other
/// readers of x and dy want: a rung goes by pixel() and row_step.)
///
///     forward<C>        (x, w, y, scratch, finish)
///         y[n][o][p][f] = finish(bias[f] + sum_{a, b, c} x[n][o s + a d - before][p s + b d - before][c] *
///         kernel[a][b][c][f])
///     input_gradient<C> (dy, w, dx, scratch, finish)
///         dx[n][i][j][c] = finish(bias[c] + sum of dy[n][o][p][f] * kernel[a][b][c][f] over all (o, a), (p, b), f
///                                 with o s + a d - before = i and p s + b d - before = j)
///     weight_gradient<C>(x, dy, dw, scratch)
///         dw[a][b][c][f] += sum_{n, o, p} x[n][o s + a d - before][p s + b d - before][c] * dy[n][o][p][f]
///
/// `finish.template operator()<Lanes>(sum, n, row, column, channel)` gives what is stored of `Lanes` neighbouring
/// channels: an activation, or the derivative of one, at no cost. A transposed convolution is an input gradient with a
/// bias. docs/adding_a_kernel.md adds a rung of your own.
#pragma once

#include "latent/kernels/convolution.hpp"
#include "latent/kernels/simd.hpp"

namespace latent::kernels {

/// The weights of a convolution. `bias` may be null; `prepared` was written by the rung's prepare function.
template <class Scalar>
struct Weights {
  const Scalar *kernel, *bias, *prepared;
};

/// One of several parts of the work. Out of n pieces in a row, it has the pieces begin(n) ... end(n) - 1.
struct Part {
  Index part = 0, parts = 1;
  Index begin(Index n) const { return (n * part + parts - 1) / parts; }
  Index end(Index n) const { return (n * (part + 1) + parts - 1) / parts; }
};

/// Optional members of a rung, and their defaults.
struct Rung {
  static constexpr bool is_rung = true;
  /// Whether it can compute that convolution.
  template <Convolution C>
  static constexpr bool fits = true;
  template <Convolution C>
  static constexpr Border input_border = C.input_border();
  template <Convolution C>
  static constexpr Border gradient_border = C.gradient_border();

  /// Scalars that prepare_forward(kernel, prepared) writes, once for each new kernel; and the same for input_gradient.
  template <Convolution C>
  static constexpr Index forward_prepared = 0;
  template <Convolution C>
  static constexpr Index gradient_prepared = 0;
  template <Convolution C, class Scalar>
  static void prepare_forward(const Scalar* /*kernel*/, Scalar* /*prepared*/) {}
  template <Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar* /*kernel*/, Scalar* /*prepared*/) {}

  /// The number of parts into which forward can divide one image, for several threads. If it is more than 1, forward takes a Part
  /// as a further argument.
  template <Convolution C>
  static constexpr Index forward_parts = 1;

  /// Scalars of scratch memory for the three functions.
  template <Convolution C>
  static constexpr Index scratch_size = 0;
};

}  // namespace latent::kernels
