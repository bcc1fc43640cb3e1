#include "ladder.hpp"

void ladder::add_middle_layers() {
  climb<same(14, 16, 16)>("14x14x16x16");
  climb<same(14, 32, 64)>("14x14x32x64");
  climb<same(14, 64, 32)>("14x14x64x32");
  climb<same(7, 16, 16)>("7x7x16x16");
  climb<same(7, 64, 64)>("7x7x64x64");
}
