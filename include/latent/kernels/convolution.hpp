/// The arithmetic of windows: which input pixels an output pixel sees, and back.
#pragma once

#include <algorithm>

#include "latent/core/window.hpp"

namespace latent::kernels {

/// One axis of a convolution or a pooling: output o reads the inputs o * stride + tap * dilation - before, for the taps
/// 0 ... kernel - 1. TensorFlow's rules, for a window of k = (kernel - 1) dilation + 1 inputs: 'valid' gives
/// floor((n - k) / s) + 1 outputs and pads nothing; 'same' gives ceil(n / s) and pads max((out - 1) s + k - n, 0), of
/// which the smaller half goes before (so an odd pixel goes to the bottom or right). 'causal' pads k - 1 before, for as
/// many outputs as 'same': none of them sees a later input.
struct Axis {
  Index input, kernel, stride, dilation, output, before, after;

  constexpr Axis(Index n, Index k, Index s, Padding padding, Index d = 1)
      : input(n),
        kernel(k),
        stride(s),
        dilation(d),
        output(padding == Padding::valid ? (n - window()) / s + 1 : (n + s - 1) / s),
        before(padding == Padding::same     ? total(output) / 2
               : padding == Padding::causal ? window() - 1
                                            : 0),
        after(padding == Padding::same ? total(output) - before : 0) {}

  /// Inputs from the first tap to the last, both included.
  constexpr Index window() const { return (kernel - 1) * dilation + 1; }

  /// How many of the inputs that output o reads are there; the others are padding. (Without dilation.)
  constexpr Index real_taps(Index o) const {
    if (before + after == 0) return kernel;
    return std::min(o * stride - before + kernel, input) - std::max<Index>(o * stride - before, 0);
  }
  /// The outputs first_reader(i) ... last_reader(i) read input i; none if the first comes after the last. (Likewise.)
  constexpr Index first_reader(Index i) const { return i + before < kernel ? 0 : (i + before - kernel) / stride + 1; }
  constexpr Index last_reader(Index i) const { return std::min((i + before) / stride, output - 1); }

  /// The inputs of one remainder modulo the stride, seen from the other side. The input gradient
  ///     dx[i] = sum over taps a of dy[(i + before - a) / stride] * w[a],  where that division has no remainder,
  /// is, for the inputs i = first + stride * t, a plain correlation of dy with every stride-th tap in reverse order:
  ///     dx[first + stride * t] = sum_b dy[t + start + b] * w[remainder + stride * (taps - 1 - b)].
  /// (Dilated taps come with stride 1: there is one phase, and dy is read at t + start + b * dilation.)
  struct Phase {
    Index first, count;  ///< inputs first, first + stride, ... : `count` of them (t = 0 ... count - 1)
    Index taps, start;   ///< taps that meet them, and the output that t = 0, b = 0 reads (negative: in the border)
  };
  constexpr Phase phase(Index remainder) const {
    const Index first = ((remainder - before) % stride + stride) % stride;
    const Index count = (input - first + stride - 1) / stride, taps = (kernel - remainder + stride - 1) / stride;
    return {first, count, taps, (first + before - remainder) / stride - (taps - 1) * dilation};
  }

  /// Zeros that the input gradient reads before the first entry of dy, where the last tap would meet the first input, and after
  /// the last one, where the first tap would meet the last input.
  constexpr Index gradient_before() const { return (window() - 1 - before) / stride; }
  constexpr Index gradient_after() const { return std::max<Index>((input - 1 + before) / stride + 1 - output, 0); }

 private:
  constexpr Index total(Index out) const { return std::max<Index>((out - 1) * stride + window() - input, 0); }
};

/// Calls visit(input row, input column) for the real pixels of the window of output (o, p), in row-major order.
template <Axis rows, Axis columns, class Visit>
[[gnu::always_inline]] inline void for_window(Index o, Index p, const Visit& visit) {
#pragma GCC unroll 4
  for (Index a = 0; a < rows.kernel; ++a)
#pragma GCC unroll 4
    for (Index b = 0; b < columns.kernel; ++b) {
      const Index row = o * rows.stride + a - rows.before, column = p * columns.stride + b - columns.before;
      // Where nothing is padded the compiler knows that no check is needed.
      if (rows.before + rows.after != 0 && (row < 0 || row >= rows.input)) continue;
      if (columns.before + columns.after != 0 && (column < 0 || column >= columns.input)) continue;
      visit(row, column);
    }
}

/// A convolution without its memory: x (rows.input, columns.input, channels), y (rows.output, columns.output, filters),
/// kernel (rows.kernel, columns.kernel, channels, filters).
struct Convolution {
  Axis rows, columns;
  Index channels, filters;

  constexpr Index taps() const { return rows.kernel * columns.kernel; }
  constexpr Index patch() const { return taps() * channels; }              ///< scalars under one window
  constexpr Index pixels() const { return rows.output * columns.output; }  ///< windows, output pixels
  constexpr Index weights() const { return patch() * filters; }
  /// Multiply-adds of the definition, for one image and one pass.
  constexpr Index multiply_adds() const { return pixels() * weights(); }
  /// Zeros that its windows read around x, and those that the windows of its input gradient read around dy.
  constexpr Border input_border() const { return {rows.before, rows.after, columns.before, columns.after}; }
  constexpr Border gradient_border() const {
    return {rows.gradient_before(), rows.gradient_after(), columns.gradient_before(), columns.gradient_after()};
  }
};

}  // namespace latent::kernels
