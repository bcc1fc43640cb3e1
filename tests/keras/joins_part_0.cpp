// Add, Subtract, Multiply, Average.
#include "keras/join_case.hpp"

using namespace latent;
using keras::run_join;

void run_joins_part_0() {
#include "keras/cases_joins_0.inc"
}
