/// The classic: every window is written as one row of a matrix, and the convolution is a matrix product, by Eigen.
///
///     patches  (H W) x (K C)            kernel  (K C) x F            y  (H W) x F
///     [ window of pixel 0      ]        [ tap 0, channel 0 ]         [ pixel 0 ]
///     [ window of pixel 1      ]   *    [ tap 0, channel 1 ]    =    [ pixel 1 ]
///     [ ...                    ]        [ ...              ]         [ ...     ]
///
///     input gradient    dpatches = dy * kernel^T, and every row is added back to where its window was read: "col2im"
///     weight gradient   dkernel += patches^T * dy
///
/// With 3 x 3 kernels the matrix holds every number of x nine times; writing and reading it is what the next rung
/// saves. (Chellapilla, Puri, Simard 2006: High performance convolutional neural networks for document processing.)
#pragma once

#include <Eigen/Core>

#include "latent/kernels/conv2d_rung.hpp"

namespace latent {

/// The rung of a matrix product: each window becomes a row.
struct im2col : kernels::Rung {
  /// The patches, and x, y or dy without borders.
  template <kernels::Convolution C>
  static constexpr Index scratch_size =
      C.pixels() * (C.patch() + C.filters) + C.rows.input * C.columns.input * C.channels;

  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar* scratch,
                      const Finish& finish) {
    Matrix<Scalar> patches(scratch, C.pixels(), C.patch());
    Matrix<Scalar> result(scratch + patches.size(), C.pixels(), C.filters);
    const Matrix<const Scalar> kernel(w.kernel, C.patch(), C.filters);
    for (Index n = 0; n < x.samples; ++n) {
      write_patches<C>(x, n, patches.data());
      result.noalias() = patches * kernel;
      store<C.rows.output, C.columns.output, C.filters>(result.data(), w.bias, y, n, finish);
    }
  }

  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar* scratch,
                             const Finish& finish) {
    Matrix<Scalar> dpatches(scratch, C.pixels(), C.patch());
    Matrix<Scalar> gradient(scratch + dpatches.size(), C.pixels(), C.filters);
    Scalar* sums = gradient.data() + gradient.size();
    const Matrix<const Scalar> kernel(w.kernel, C.patch(), C.filters);
    for (Index n = 0; n < dy.samples; ++n) {
      copy_without_border<C>(dy, n, gradient.data());
      dpatches.noalias() = gradient * kernel.transpose();
      std::fill_n(sums, C.rows.input * C.columns.input * C.channels, Scalar(0));
      add_patches<C>(dpatches.data(), sums);
      store<C.rows.input, C.columns.input, C.channels>(sums, w.bias, dx, n, finish);
    }
  }

  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar* scratch) {
    Matrix<Scalar> patches(scratch, C.pixels(), C.patch());
    Matrix<Scalar> gradient(scratch + patches.size(), C.pixels(), C.filters);
    Matrix<Scalar> dkernel(dw, C.patch(), C.filters);
    for (Index n = 0; n < x.samples; ++n) {
      write_patches<C>(x, n, patches.data());
      copy_without_border<C>(dy, n, gradient.data());
      dkernel.noalias() += patches.transpose() * gradient;
    }
  }

 private:
  template <class Scalar>
  using Rows = Eigen::Matrix<std::remove_const_t<Scalar>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  template <class Scalar>
  using Matrix = Eigen::Map<std::conditional_t<std::is_const_v<Scalar>, const Rows<Scalar>, Rows<Scalar>>>;

  /// Row o * width + p of the matrix is the window of output pixel (o, p).
  template <kernels::Convolution C, class Scalar, class X>
  static void write_patches(View<const Scalar, X> x, Index n, Scalar* to) {
    for (Index o = 0; o < C.rows.output; ++o)
      for (Index p = 0; p < C.columns.output; ++p)
        for (Index a = 0; a < C.rows.kernel; ++a)
          for (Index b = 0; b < C.columns.kernel; ++b, to += C.channels)
            std::copy_n(x.pixel(n, o * C.rows.stride + a * C.rows.dilation - C.rows.before,
                                p * C.columns.stride + b * C.columns.dilation - C.columns.before),
                        C.channels, to);
  }

  /// The reverse: adds every row to the pixels its window was read from, if they are no padding.
  template <kernels::Convolution C, class Scalar>
  static void add_patches(const Scalar* from, Scalar* dx) {
    for (Index o = 0; o < C.rows.output; ++o)
      for (Index p = 0; p < C.columns.output; ++p)
        for (Index a = 0; a < C.rows.kernel; ++a)
          for (Index b = 0; b < C.columns.kernel; ++b, from += C.channels) {
            const Index row = o * C.rows.stride + a * C.rows.dilation - C.rows.before;
            const Index column = p * C.columns.stride + b * C.columns.dilation - C.columns.before;
            if (row < 0 || row >= C.rows.input || column < 0 || column >= C.columns.input) continue;
            Scalar* to = dx + (row * C.columns.input + column) * C.channels;
            for (Index c = 0; c < C.channels; ++c) to[c] += from[c];
          }
  }

  template <kernels::Convolution C, class Scalar, class Z>
  static void copy_without_border(View<const Scalar, Z> dy, Index n, Scalar* to) {
    for (Index o = 0; o < C.rows.output; ++o)
      for (Index p = 0; p < C.columns.output; ++p, to += C.filters) std::copy_n(dy.pixel(n, o, p), C.filters, to);
  }

  template <Index height, Index width, Index channels, class Scalar, class Y, class Finish>
  static void store(const Scalar* from, const Scalar* bias, View<Scalar, Y> y, Index n, const Finish& finish) {
    for (Index row = 0; row < height; ++row)
      for (Index column = 0; column < width; ++column, from += channels)
        simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) LATENT_INLINED {
          auto sum = simd::load<L>(from + c);
          if (bias) sum += simd::load<L>(bias + c);
          simd::store(y.pixel(n, row, column) + c, finish.template operator()<L>(sum, n, row, column, c));
        });
  }
};

}  // namespace latent
