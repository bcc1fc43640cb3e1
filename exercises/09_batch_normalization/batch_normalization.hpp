/// Exercise 9: batch normalization. Every channel gets mean 0 and variance 1 over the batch, then a scale and a shift.
///
///     x^[r][c] = (x[r][c] - mean[c]) / sqrt(variance[c] + epsilon),   y[r][c] = gamma[c] * x^[r][c] + beta[c]
///
/// r: row. For images a row is a pixel: rows = images * height * width. x[r][c] is x[r * channels + c]; y, dy and dx likewise.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace yours {
using Index = std::ptrdiff_t;

/// Assigns mean[c] and variance[c] = the mean of (x - mean)², divided by rows.
inline void statistics(const double* x, Index rows, Index channels, double* mean, double* variance) {
  // your turn
}

/// Assigns y. In training mean and variance are those of the batch, in use the moving ones.
inline void forward(const double* x, Index rows, Index channels, const double* gamma, const double* beta,
                    const double* mean, const double* variance, double epsilon, double* y) {
  // your turn
}

/// moving = momentum * moving + (1 - momentum) * batch, for each channel.
inline void update_moving(double* moving, const double* batch, Index channels, double momentum) {
  // your turn
}

/// Adds to dgamma[c] and dbeta[c].
inline void weight_gradient(const double* x, const double* dy, Index rows, Index channels, const double* mean,
                            const double* variance, double epsilon, double* dgamma, double* dbeta) {
  // your turn
}

/// Assigns dx. mean and variance are those of the batch x: they change with x, and that counts.
inline void input_gradient(const double* x, const double* dy, Index rows, Index channels, const double* gamma,
                           const double* mean, const double* variance, double epsilon, double* dx) {
  // your turn
}

}  // namespace yours
