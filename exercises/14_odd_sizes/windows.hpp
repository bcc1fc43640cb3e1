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
inline Index window(Index k, Index d) {
  // your turn
  return 0;
}

/// Outputs with 'valid' padding: windows that lie inside. The window is not larger than n.
inline Index valid_size(Index n, Index k, Index s, Index d) {
  // your turn
  return 0;
}

/// Outputs with 'same' padding.
inline Index same_size(Index n, Index s) {
  // your turn
  return 0;
}

/// Padding before the first input, and after the last one, with 'same' padding.
inline Index padding_before(Index n, Index k, Index s, Index d) {
  // your turn
  return -1;
}
inline Index padding_after(Index n, Index k, Index s, Index d) {
  // your turn
  return -1;
}

/// How many taps of output o see inputs that are there, with 'same' padding and no dilation. (Average pooling divides by it.)
inline Index real_taps(Index n, Index k, Index s, Index o) {
  // your turn
  return -1;
}

/// Outputs of a transposed convolution: 'same' if that is true, otherwise 'valid'.
inline Index transposed_size(Index n, Index k, Index s, bool same) {
  // your turn
  return 0;
}

/// An image of n rows goes through `poolings` poolings (2, 'same', so stride 2) and then through as many up-samplings by 2. How many
/// rows has it more than before?
inline Index surplus(Index n, Index poolings) {
  // your turn
  return -1;
}

}  // namespace yours
