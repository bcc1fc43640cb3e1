/// Exercise 13: the gradient of t-SNE, which moves points in a plane until those are neighbours that belong together.
///
/// y (points, 2): y[i] is at y[2 * i] and y[2 * i + 1]. p, q, w (points, points), row after row: p[i][j] is p[i * count + j].
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace yours {
using Index = std::ptrdiff_t;

/// Assigns w[i][j] = 1 / (1 + |y[i] - y[j]|²), and w[i][i] = 0. Returns Z, the sum of all w. (q[i][j] is w[i][j] / Z.)
inline double weights(const double* y, Index count, double* w) {
  // your turn
  return 0;
}

/// KL(p || q) = sum over i != j of p[i][j] log(p[i][j] / q[i][j]). Where p[i][j] is 0 the term is 0.
inline double divergence(const double* p, const double* y, Index count) {
  // your turn
  return 0;
}

/// Assigns dy (points, 2): the gradient of the divergence with respect to y.
inline void gradient(const double* p, const double* y, Index count, double* dy) {
  // your turn
}

}  // namespace yours
