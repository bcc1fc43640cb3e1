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
  double z = 0;
  for (Index i = 0; i < count; ++i)
    for (Index j = 0; j < count; ++j) {
      const double d0 = y[2 * i] - y[2 * j], d1 = y[2 * i + 1] - y[2 * j + 1];
      w[i * count + j] = i == j ? 0 : 1 / (1 + d0 * d0 + d1 * d1);
      z += w[i * count + j];
    }
  return z;
}

/// KL(p || q) = sum over i != j of p[i][j] log(p[i][j] / q[i][j]). Where p[i][j] is 0 the term is 0.
inline double divergence(const double* p, const double* y, Index count) {
  std::vector<double> w(static_cast<std::size_t>(count * count));
  const double z = weights(y, count, w.data());
  double sum = 0;
  for (Index i = 0; i < count; ++i)
    for (Index j = 0; j < count; ++j) {
      const double pair = p[i * count + j], q = w[static_cast<std::size_t>(i * count + j)] / z;
      if (i != j && pair > 0) sum += pair * std::log(pair / q);
    }
  return sum;
}

/// Assigns dy (points, 2): the gradient of the divergence with respect to y.
inline void gradient(const double* p, const double* y, Index count, double* dy) {
  std::vector<double> w(static_cast<std::size_t>(count * count));
  const double z = weights(y, count, w.data());
  for (Index i = 0; i < count; ++i) {
    double sum0 = 0, sum1 = 0;
    for (Index j = 0; j < count; ++j) {
      const double weight = w[static_cast<std::size_t>(i * count + j)];
      const double force = (p[i * count + j] - weight / z) * weight;
      sum0 += force * (y[2 * i] - y[2 * j]);
      sum1 += force * (y[2 * i + 1] - y[2 * j + 1]);
    }
    dy[2 * i] = 4 * sum0, dy[2 * i + 1] = 4 * sum1;
  }
}

}  // namespace yours
