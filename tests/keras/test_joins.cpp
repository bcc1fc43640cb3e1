#include "keras/join_case.hpp"

using namespace latent;
using keras::run_join;

TEST_CASE("joins as in Keras") {
  keras::Group group("layers/add");
#include "keras/cases_joins.inc"
}
