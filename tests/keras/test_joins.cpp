#include "keras/reference.hpp"

void run_joins_part_0();
void run_joins_part_1();

TEST_CASE("joins as in Keras") {
  run_joins_part_0();
  run_joins_part_1();
}
