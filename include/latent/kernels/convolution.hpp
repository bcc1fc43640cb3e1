/// The arithmetic of windows: which input pixels an output pixel sees, and back.
#pragma once

#include <algorithm>

#include "latent/core/shape.hpp"

namespace latent {

/// A height and a width; a single number stands for both: `Conv2D<32, 3>` has 3 x 3 kernels, `Conv2D<32, Size{3, 5}>`
/// kernels of height 3 and width 5.
struct Size {
  Index height, width;
  constexpr Size(Index both) : height(both), width(both) {}  // NOLINT: the conversion is the point
  constexpr Size(Index h, Index w) : height(h), width(w) {}
};

enum class Padding { valid, same };

namespace kernels {

/// One axis of a convolution or a pooling: output o reads the inputs o * stride + tap * dilation - before, for the taps
/// 0 ... kernel - 1. TensorFlow's rules, for a window of k = (kernel - 1) dilation + 1 inputs: 'valid' gives
/// floor((n - k) / s) + 1 outputs and pads nothing; 'same' gives ceil(n / s) and pads max((out - 1) s + k - n, 0), of
/// which the smaller half goes before (so an odd pixel goes to the bottom or right).
struct Axis {
  Index input, kernel, stride, dilation, output, before, after;

  constexpr Axis(Index n, Index k, Index s, Padding padding, Index d = 1)
      : input(n),
        kernel(k),
        stride(s),
        dilation(d),
        output(padding == Padding::same ? (n + s - 1) / s : (n - window()) / s + 1),
        before(padding == Padding::same ? total(output) / 2 : 0),
        after(padding == Padding::same ? total(output) - before : 0) {}

  /// Inputs from the first tap to the last, both included.
  constexpr Index window() const { return (kernel - 1) * dilation + 1; }

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
    const Index count = first < input ? (input - first + stride - 1) / stride : 0;
    const Index taps = remainder < kernel ? (kernel - remainder + stride - 1) / stride : 0;
    return {first, count, taps, (first + before - remainder) / stride - (taps - 1) * dilation};
  }

  /// Zeros that the input gradient reads before the first and after the last entry of dy.
  constexpr Index gradient_before() const {
    Index most = 0;
    for (Index r = 0; r < stride; ++r)
      if (phase(r).taps > 0 && phase(r).count > 0) most = std::max(most, -phase(r).start);
    return most;
  }
  constexpr Index gradient_after() const {
    Index most = 0;
    for (Index r = 0; r < stride; ++r)
      if (phase(r).taps > 0 && phase(r).count > 0)
        most = std::max(most, phase(r).count + phase(r).start + (phase(r).taps - 1) * dilation - output);
    return most;
  }

 private:
  constexpr Index total(Index out) const { return std::max<Index>((out - 1) * stride + window() - input, 0); }
};

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

}  // namespace kernels
}  // namespace latent
