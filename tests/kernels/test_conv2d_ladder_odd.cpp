// The ladder on shapes that are no multiple of anything.
#include "kernels/ladder.hpp"

using namespace latent;
using namespace ladder;

TEST_CASE("every rung computes the convolution of its definition: odd ones") {
  climb<square(5, 3, 3, 5, Padding::valid)>(1);          // channels that fill no register
  climb<square(6, 3, 17, 33, Padding::same), float>(2);  // one more than a register
  climb<Convolution{{4, 3, 1, Padding::same}, {9, 3, 1, Padding::same}, 8, 24}>(2);
  climb<Convolution{{1, 3, 1, Padding::same}, {2, 3, 1, Padding::same}, 4, 4}>(2);
  climb<Convolution{{3, 3, 1, Padding::valid}, {58, 3, 1, Padding::valid}, 16, 16}>(1);  // a single row of tiles
  climb<square(9, 5, 8, 8, Padding::same)>(2);
  climb<square(9, 3, 16, 8, Padding::same, 2)>(2);
  climb<Convolution{{8, 2, 3, Padding::valid}, {7, 4, 2, Padding::same}, 5, 6}>(2);  // strides beyond the kernel
  climb<square(9, 3, 8, 4, Padding::same, 1, 2)>(2);
}

TEST_CASE("every rung computes the convolution of its definition: few filters") {
  climb<square(9, 3, 16, 1, Padding::same)>(2);
  climb<Convolution{{7, 5, 2, Padding::valid}, {11, 3, 1, Padding::same}, 8, 1}, double, float>(2);
  climb<Convolution{{3, 2, 1, Padding::same}, {13, 4, 3, Padding::same}, 20, 1}, double, float>(1);
  climb<square(6, 7, 4, 1, Padding::same)>(1);  // more taps than registers
  climb<square(9, 3, 16, 3, Padding::same), double, float>(2);
  climb<square(10, 5, 3, 16, Padding::same, 2), double, float>(2);  // few channels: few filters of its input gradient
  climb<square(9, 3, 16, 3, Padding::same, 1, 2), double, float>(1);
  climb<square(9, 2, 1, 16, Padding::valid, 3)>(1);  // its input gradient is 0 between the windows
}

TEST_CASE("every rung computes the convolution of its definition: few weights") {
  climb<square(9, 3, 1, 48, Padding::same), double, float>(2);  // a pair of vectors, and one
  climb<Convolution{{7, 2, 2, Padding::same}, {10, 3, 2, Padding::valid}, 4, 32}, double, float>(2);
  climb<square(9, 3, 2, 16, Padding::same, 1, 2), double, float>(1);
  climb<square(9, 2, 16, 1, Padding::valid, 3)>(1);
}
