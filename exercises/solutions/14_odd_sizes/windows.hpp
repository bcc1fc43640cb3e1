/// Exercise 14: how large, and where? The arithmetic of windows on one axis, where students' networks go wrong.
///
/// n: inputs on the axis; k: taps of the kernel; s: the stride; d: the dilation (taps are d inputs apart; 1 for none).
/// All of them are at least 1.
#pragma once

#include <algorithm>
#include <cstddef>

namespace yours {
using Index = std::ptrdiff_t;

/// Inputs from the first tap of a window to the last, both included.
inline Index window(Index k, Index d) { return (k - 1) * d + 1; }

/// Outputs with 'valid' padding: windows that lie inside. The window is not larger than n.
inline Index valid_size(Index n, Index k, Index s, Index d) { return (n - window(k, d)) / s + 1; }

/// Outputs with 'same' padding.
inline Index same_size(Index n, Index s) { return (n + s - 1) / s; }

/// Padding before the first input, and after the last one, with 'same' padding.
inline Index padding_before(Index n, Index k, Index s, Index d) {
  return std::max<Index>((same_size(n, s) - 1) * s + window(k, d) - n, 0) / 2;
}
inline Index padding_after(Index n, Index k, Index s, Index d) {
  return std::max<Index>((same_size(n, s) - 1) * s + window(k, d) - n, 0) - padding_before(n, k, s, d);
}

/// How many taps of output o see inputs that are there, with 'same' padding and no dilation. (Average pooling divides by it.)
inline Index real_taps(Index n, Index k, Index s, Index o) {
  const Index first = o * s - padding_before(n, k, s, 1);
  return std::min(first + k, n) - std::max<Index>(first, 0);
}

/// Outputs of a transposed convolution: 'same' if that is true, otherwise 'valid'.
inline Index transposed_size(Index n, Index k, Index s, bool same) {
  return same ? n * s : (n - 1) * s + std::max(k, s);
}

/// An image of n rows goes through `poolings` poolings (2, 'same', so stride 2) and then through as many up-samplings by 2. How many
/// rows has it more than before?
inline Index surplus(Index n, Index poolings) {
  Index rows = n;
  for (Index i = 0; i < poolings; ++i) rows = same_size(rows, 2);
  for (Index i = 0; i < poolings; ++i) rows = transposed_size(rows, 2, 2, true);
  return rows - n;
}

}  // namespace yours
