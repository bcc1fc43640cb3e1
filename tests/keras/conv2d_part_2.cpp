// A third of the convolutions, so that several compilers share the work.
#include "keras/layer_case.hpp"

using namespace latent;
using keras::run_layer;

void run_conv2d_part_2(const keras::Group& group) {
#include "keras/cases_conv2d_2.inc"
}
