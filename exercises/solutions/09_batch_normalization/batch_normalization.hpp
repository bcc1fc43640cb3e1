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
  for (Index c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    for (Index r = 0; r < rows; ++r) sum += x[r * channels + c];
    mean[c] = sum / static_cast<double>(rows);
    for (Index r = 0; r < rows; ++r) squares += (x[r * channels + c] - mean[c]) * (x[r * channels + c] - mean[c]);
    variance[c] = squares / static_cast<double>(rows);
  }
}

/// Assigns y. In training mean and variance are those of the batch, in use the moving ones.
inline void forward(const double* x, Index rows, Index channels, const double* gamma, const double* beta,
                    const double* mean, const double* variance, double epsilon, double* y) {
  for (Index c = 0; c < channels; ++c) {
    const double inverse = 1 / std::sqrt(variance[c] + epsilon);
    for (Index r = 0; r < rows; ++r)
      y[r * channels + c] = gamma[c] * (x[r * channels + c] - mean[c]) * inverse + beta[c];
  }
}

/// moving = momentum * moving + (1 - momentum) * batch, for each channel.
inline void update_moving(double* moving, const double* batch, Index channels, double momentum) {
  for (Index c = 0; c < channels; ++c) moving[c] = momentum * moving[c] + (1 - momentum) * batch[c];
}

/// Adds to dgamma[c] and dbeta[c].
inline void weight_gradient(const double* x, const double* dy, Index rows, Index channels, const double* mean,
                            const double* variance, double epsilon, double* dgamma, double* dbeta) {
  for (Index c = 0; c < channels; ++c) {
    const double inverse = 1 / std::sqrt(variance[c] + epsilon);
    for (Index r = 0; r < rows; ++r) {
      dgamma[c] += dy[r * channels + c] * (x[r * channels + c] - mean[c]) * inverse;
      dbeta[c] += dy[r * channels + c];
    }
  }
}

/// Assigns dx. mean and variance are those of the batch x: they change with x, and that counts.
inline void input_gradient(const double* x, const double* dy, Index rows, Index channels, const double* gamma,
                           const double* mean, const double* variance, double epsilon, double* dx) {
  for (Index c = 0; c < channels; ++c) {
    const double inverse = 1 / std::sqrt(variance[c] + epsilon);
    double sum = 0, sum_normalized = 0;  // of g and of g x^
    for (Index r = 0; r < rows; ++r) {
      const double g = gamma[c] * dy[r * channels + c], normalized = (x[r * channels + c] - mean[c]) * inverse;
      sum += g, sum_normalized += g * normalized;
    }
    for (Index r = 0; r < rows; ++r) {
      const double g = gamma[c] * dy[r * channels + c], normalized = (x[r * channels + c] - mean[c]) * inverse;
      const double count = static_cast<double>(rows);
      dx[r * channels + c] = inverse * (g - sum / count - normalized * sum_normalized / count);
    }
  }
}

}  // namespace yours
