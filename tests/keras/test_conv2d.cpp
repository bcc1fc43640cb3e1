#include "keras/reference.hpp"

void run_conv2d_part_0(const keras::Group&);
void run_conv2d_part_1(const keras::Group&);
void run_conv2d_part_2(const keras::Group&);

TEST_CASE("Conv2D as in Keras") {
  const keras::Group group("layers/conv2d");
  run_conv2d_part_0(group);
  run_conv2d_part_1(group);
  run_conv2d_part_2(group);
}
