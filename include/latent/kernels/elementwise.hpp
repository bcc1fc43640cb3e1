/// Small loops that several layers share.
#pragma once

#include "latent/core/shape.hpp"
#include "latent/kernels/simd.hpp"

namespace latent::kernels {

/// sums[c] += the sum of channel c over the pixels of sample n.
template <class Scalar, class L>
void sum_pixels(View<const Scalar, L> image, Index n, Scalar* sums) {
  simd::for_each_vector<Scalar, L::channels>([&]<int Lanes>(Index c) {
    // Four sums in turn, for an addition has to wait for the one before it.
    constexpr Index chains = 4, whole = L::width / chains * chains;
    simd::Vec<Scalar, Lanes> sum[chains] = {};
    for (Index row = 0; row < L::height; ++row) {
      const Scalar* pixels = image.pixel(n, row, 0) + c;
      for (Index column = 0; column < whole; column += chains)
#pragma GCC unroll 4
        for (Index i = 0; i < chains; ++i) sum[i] += simd::load<Lanes>(pixels + (column + i) * L::pixel_step);
      for (Index column = whole; column < L::width; ++column)
        sum[0] += simd::load<Lanes>(pixels + column * L::pixel_step);
    }
    simd::store(sums + c, simd::load<Lanes>(sums + c) + ((sum[0] + sum[1]) + (sum[2] + sum[3])));
  });
}

/// Copies the values of `from` in order, whatever the shapes and borders of both are.
template <class Scalar, class From, class To>
void copy_in_order(View<const Scalar, From> from, View<Scalar, To> to) {
  for (Index n = 0; n < from.samples; ++n) {
    Index row = 0, column = 0;  // in `to`, in scalars
    for (Index r = 0; r < From::height; ++r)
      for (Index left = From::width * From::channels; left > 0;) {
        constexpr Index to_width = To::width * To::channels;
        const Index run = std::min(left, to_width - column);
        std::copy_n(from.pixel(n, r, 0) + From::width * From::channels - left, run, to.pixel(n, row, 0) + column);
        left -= run;
        column += run;
        if (column == to_width) column = 0, ++row;
      }
  }
}

}  // namespace latent::kernels
