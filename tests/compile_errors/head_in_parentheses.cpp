// sentence: write_head_with_the_name_of_the_output_in_angle_brackets
// message: MeanSquaredError
// clang says: latent: write head<"digit">(
#include <latent/latent.hpp>

using namespace latent;

int main() { head("digit", MeanSquaredError{}); }
