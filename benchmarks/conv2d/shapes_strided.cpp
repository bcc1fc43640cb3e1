#include "ladder.hpp"

// Named by what goes in: Conv2D<64, 3, Same, Strides<2>> on 14 x 14 x 32, Conv2DTranspose<32, 3, Same, Strides<2>> on
// 14 x 14 x 64, which is the input gradient of a convolution from 28 x 28 x 32 to 14 x 14 x 64.
void ladder::add_strided() {
  climb<same(28, 1, 32, 3, 2)>("28x28x1x32_s2");
  climb<same(14, 32, 64, 3, 2)>("14x14x32x64_s2");
  climb<same(14, 64, 64, 3, 2)>("7x7x64x64_s2_transposed", 16, true);
  climb<same(28, 32, 64, 3, 2)>("14x14x64x32_s2_transposed", 16, true);
}
