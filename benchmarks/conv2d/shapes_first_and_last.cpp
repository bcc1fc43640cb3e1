#include "ladder.hpp"

void ladder::add_first_and_last_layers() {
  climb<same(28, 1, 16)>("28x28x1x16");
  climb<same(28, 1, 32)>("28x28x1x32");
  climb<same(28, 32, 1)>("28x28x32x1");
  climb<same(28, 16, 1)>("28x28x16x1");
}
