#include YOURS

#include "../support/alone.hpp"
#include "../support/main.hpp"
#include "keras.hpp"
#include "latent/layers/dense.hpp"

using namespace marks;
using latent::Shape;

namespace {

/// Forward without bias, and with one for each feature.
std::vector<Suspect> of_the_bias(const LayerChecks& checks) {
  Batch without = checks.batch, often = checks.batch;
  for (double& b : without.parameters[1]) b = 0;
  for (double& b : often.parameters[1]) b *= static_cast<double>(checks.right.input[0]);
  return {{"the bias is missing", checks.right.forward(without)},
          {"the bias is added once for each feature", checks.right.forward(often)}};
}

/// The input gradient of a kernel whose memory is taken for that of its transpose.
std::vector<Suspect> of_the_transpose(const LayerChecks& checks) {
  const Index features = checks.right.input[0], units = checks.right.output[0];
  Batch other = checks.batch;
  for (Index c = 0; c < features; ++c)
    for (Index u = 0; u < units; ++u)
      other.parameters[0][static_cast<std::size_t>(c * units + u)] =
          checks.batch.parameters[0][static_cast<std::size_t>(u * features + c)];
  return {{"the kernel is transposed: kernel[c][u] is kernel[c * units + u]", checks.right.input_gradient(other)}};
}

void mark(Sheet& sheet, const LoneLayer& small, const LoneLayer& as_keras, const LoneLayer& other) {
  namespace numbers = keras::dense_3x7_u5_bias1;
  const LayerChecks all[] = {
      {small, latents<latent::Dense<3>, Shape<2>>(),
       Batch{2, {1, 2, 3, -1}, {{1, -1, 2, 0.5, 0, -1}, {0, 1, 0}}, {1, 0, 2, -1, 1, 0.5}, {2, 0, 0, 2.5, -2, 7}},
       "the example in README.md"},
      {as_keras, latents<latent::Dense<5>, Shape<7>>(),
       Batch{3, numbers::x, {numbers::kernel, numbers::bias}, numbers::dy, numbers::y}, "Keras"},
      {other, latents<latent::Dense<3>, Shape<4>>(), 4, 1}};
  std::vector<Check> forward, bias, kernel, input;
  for (const LayerChecks& checks : all) {
    forward.push_back(checks.forward(of_the_bias(checks)));
    bias.push_back(checks.weight_gradient(1));
    kernel.push_back(checks.weight_gradient(0));
    input.push_back(checks.input_gradient(of_the_transpose(checks)));
  }
  sheet.property("forward", 2, forward);
  sheet.property("gradient of the bias", 1, bias);
  sheet.property("gradient of the kernel", 3, kernel);
  sheet.property("gradient of the input", 2, input);
  sheet.property("gradients are those of your forward", 2,
                 {all[2].weight_differences(1), all[2].weight_differences(0), all[2].input_differences()});
}

}  // namespace

#define MARKS_OF(yours)                                                               \
  [](Sheet& sheet) {                                                                  \
    mark(sheet, lone<yours::Dense<3>, Shape<2>>(), lone<yours::Dense<5>, Shape<7>>(), \
         lone<yours::Dense<3>, Shape<4>>());                                          \
  }
#include "../support/main.inc"
