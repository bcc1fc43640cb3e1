#include "ladder.hpp"

// Larger kernels and larger images, to show scale; channels that are no multiple of a register, and colours.
void ladder::add_large() {
  climb<same(14, 8, 16)>("14x14x8x16");
  climb<same(14, 24, 48)>("14x14x24x48");
  climb<same(32, 32, 3)>("32x32x32x3");
  climb<same(14, 32, 64, 5)>("14x14x32x64_k5");
  climb<same(56, 64, 64)>("56x56x64x64", 4);
  climb<same(224, 3, 64)>("224x224x3x64", 2);
}
