#include "ladder.hpp"

// Larger kernels and larger images, to show scale.
void ladder::add_large() {
  climb<same(14, 32, 64, 5)>("14x14x32x64_k5");
  climb<same(56, 64, 64)>("56x56x64x64", 4);
  climb<same(224, 3, 64)>("224x224x3x64", 2);
}
