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
  for (Index o = 0; o < s.new_height; ++o)
    for (Index p = 0; p < s.new_width; ++p)
      for (Index a = 0; a < s.kernel_size; ++a)
        for (Index b = 0; b < s.kernel_size; ++b)
          for (Index c = 0; c < s.channels; ++c, ++patches) {
            const Index row = o + a - s.before, column = p + b - s.before;
            const bool inside = row >= 0 && row < s.height && column >= 0 && column < s.width;
            *patches = inside ? x[(row * s.width + column) * s.channels + c] : 0;
          }
}

/// Assigns y = patches * kernel + bias. `patches` is memory to work with, of s.pixels() * s.patch() numbers.
inline void forward(const double* x, const double* kernel, const double* bias, const Sizes& s, double* patches,
                    double* y) {
  write_patches(x, s, patches);
  Matrix result(y, s.pixels(), s.filters);
  result.noalias() = ConstMatrix(patches, s.pixels(), s.patch()) * ConstMatrix(kernel, s.patch(), s.filters);
  for (Index pixel = 0; pixel < s.pixels(); ++pixel)
    for (Index f = 0; f < s.filters; ++f) result(pixel, f) += bias[f];
}

/// Adds to dkernel, which is (taps * channels, filters), from x and dz (pixels of y, filters).
inline void kernel_gradient(const double* x, const double* dz, const Sizes& s, double* patches, double* dkernel) {
  write_patches(x, s, patches);
  Matrix sum(dkernel, s.patch(), s.filters);
  sum.noalias() += ConstMatrix(patches, s.pixels(), s.patch()).transpose() * ConstMatrix(dz, s.pixels(), s.filters);
}

/// write_patches backward, "col2im": adds every number of the matrix to the pixel dx from which it was read.
inline void add_patches(const double* patches, const Sizes& s, double* dx) {
  for (Index o = 0; o < s.new_height; ++o)
    for (Index p = 0; p < s.new_width; ++p)
      for (Index a = 0; a < s.kernel_size; ++a)
        for (Index b = 0; b < s.kernel_size; ++b)
          for (Index c = 0; c < s.channels; ++c, ++patches) {
            const Index row = o + a - s.before, column = p + b - s.before;
            const bool inside = row >= 0 && row < s.height && column >= 0 && column < s.width;
            if (inside) dx[(row * s.width + column) * s.channels + c] += *patches;
          }
}

/// Assigns dx from dz, with the help of add_patches.
inline void input_gradient(const double* kernel, const double* dz, const Sizes& s, double* patches, double* dx) {
  Matrix gradients(patches, s.pixels(), s.patch());
  gradients.noalias() = ConstMatrix(dz, s.pixels(), s.filters) * ConstMatrix(kernel, s.patch(), s.filters).transpose();
  for (Index i = 0; i < s.height * s.width * s.channels; ++i) dx[i] = 0;
  add_patches(patches, s, dx);
}

}  // namespace yours
