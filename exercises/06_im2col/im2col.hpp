/// Exercise 6: a convolution as a matrix product, "im2col".
///
///     patches (pixels of y, taps * channels) * kernel (taps * channels, filters) = y (pixels of y, filters)
///
/// Everything here is of one image, without borders in memory: x[row][column][c] is x[(row * width + column) * channels + c].
#pragma once

#include <Eigen/Core>

namespace yours {
using Index = Eigen::Index;

/// A matrix over numbers that lie in memory row after row: Matrix m(pointer, rows, columns). Then m(i, j), m.transpose(),
/// and m.noalias() += a * b, which Eigen has made fast.
using Matrix = Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using ConstMatrix = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

struct Sizes {
  Index height, width, channels;  // of x
  Index kernel_size, before;      // taps on an axis; rows and columns of padding above and on the left
  Index new_height, new_width;    // of y
  Index filters;
  Index pixels() const { return new_height * new_width; }
  Index patch() const { return kernel_size * kernel_size * channels; }
};

/// Assigns the matrix of patches: row o * new_width + p is the window of y[o][p], its taps in the order [a][b][c]. What lies
/// outside of the image is 0.
inline void write_patches(const double* x, const Sizes& s, double* patches) {
  // your turn
}

/// Assigns y = patches * kernel + bias. `patches` is memory to work with, of s.pixels() * s.patch() numbers.
inline void forward(const double* x, const double* kernel, const double* bias, const Sizes& s, double* patches,
                    double* y) {
  // your turn
}

/// Adds to dkernel, which is (taps * channels, filters), from x and dz (pixels of y, filters).
inline void kernel_gradient(const double* x, const double* dz, const Sizes& s, double* patches, double* dkernel) {
  // your turn
}

/// write_patches backward, "col2im": adds every number of the matrix to the pixel dx from which it was read.
inline void add_patches(const double* patches, const Sizes& s, double* dx) {
  // your turn
}

/// Assigns dx from dz, with the help of add_patches.
inline void input_gradient(const double* kernel, const double* dz, const Sizes& s, double* patches, double* dx) {
  // your turn
}

}  // namespace yours
