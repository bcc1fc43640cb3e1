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

/// What a convolution knows of its weights. `bias` may be null; `prepared` is what the rung's prepare wrote.
template <class Scalar>
struct Weights {
  const Scalar *kernel, *bias, *prepared;
};

/// A part of the work, of so many. Of n pieces in a row, it is those from begin(n) to before end(n).
struct Part {
  Index part = 0, parts = 1;
  Index begin(Index n) const { return (n * part + parts - 1) / parts; }
  Index end(Index n) const { return (n * (part + 1) + parts - 1) / parts; }
};

/// Optional members of a rung, and their defaults.
struct Rung {
  static constexpr bool is_rung = true;
  /// Whether it can do that convolution at all.
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

  /// Into how many parts, for several threads, forward can divide one image; where it is more than 1, forward takes a Part
  /// as a further argument.
  template <Convolution C>
  static constexpr Index forward_parts = 1;

  /// Scalars of memory that the three functions may use as they like.
  template <Convolution C>
  static constexpr Index scratch_size = 0;
};

}  // namespace latent::kernels
