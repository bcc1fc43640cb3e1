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

}  // namespace latent::kernels
