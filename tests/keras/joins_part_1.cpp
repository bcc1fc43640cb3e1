// Maximum, Minimum, Concatenate.
#include "keras/join_case.hpp"

using namespace latent;
using keras::run_join;

void run_joins_part_1() {
#include "keras/cases_joins_1.inc"
}
