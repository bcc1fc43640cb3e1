/// Exercise 10: the code of a variational auto-encoder. The encoder gives a normal distribution for each number of the code,
/// by its mean and the logarithm of its variance; one number is drawn from it; and the loss says how far these
/// distributions are from N(0, 1).
///
/// All arrays are (samples, size), row after row.
#pragma once

#include <cmath>
#include <cstddef>

namespace yours {
using Index = std::ptrdiff_t;

/// Assigns z = z_mean + standard deviation * epsilon, for `count` numbers. epsilon was drawn from N(0, 1).
inline void draw(const double* z_mean, const double* z_log_var, const double* epsilon, Index count, double* z) {
  // your turn
}

/// The divergence KL(N(z_mean, variance) || N(0, 1)): the sum over a sample's code, the mean over the samples.
inline double divergence(const double* z_mean, const double* z_log_var, Index samples, Index size) {
  // your turn
  return 0;
}

/// Assigns d_mean and d_log_var: dz, the gradient with respect to z, taken through `draw`.
inline void draw_gradient(const double* z_log_var, const double* epsilon, const double* dz, Index count, double* d_mean,
                          double* d_log_var) {
  // your turn
}

/// Adds the gradient of `divergence` to d_mean and d_log_var.
inline void divergence_gradient(const double* z_mean, const double* z_log_var, Index samples, Index size,
                                double* d_mean, double* d_log_var) {
  // your turn
}

}  // namespace yours
