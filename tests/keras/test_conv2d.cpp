#include "keras/reference.hpp"

void run_conv2d_part_0(keras::Group&);
void run_conv2d_part_1(keras::Group&);
void run_conv2d_part_2(keras::Group&);

TEST_CASE("Conv2D as in Keras") {
  keras::Group group("layers/conv2d");
  run_conv2d_part_0(group);
  run_conv2d_part_1(group);
  run_conv2d_part_2(group);
  std::set<std::string> dilated;
  for (const std::string& name : group.cases())
    if (name.find("_d2x2") != std::string::npos || name.find("_d3x2") != std::string::npos) dilated.insert(name);
  group.check_coverage(dilated);
}
