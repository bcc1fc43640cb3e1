#include YOURS

#include "../support/alone.hpp"
#include "../support/main.hpp"
#include "keras.hpp"
#include "latent/layers/dense.hpp"

using namespace marks;
using latent::Shape;

namespace {

/// With the kernel's memory taken for that of its transpose.
constexpr const char* transposed = "the kernel is transposed: kernel[c][u] is kernel[c * units + u]";
Batch with_transpose(const LayerChecks& checks) {
  const Index features = checks.right.input[0], units = checks.right.output[0];
  Batch other = checks.batch;
  for (Index c = 0; c < features; ++c)
    for (Index u = 0; u < units; ++u)
      other.parameters[0][static_cast<std::size_t>(c * units + u)] =
          checks.batch.parameters[0][static_cast<std::size_t>(u * features + c)];
  return other;
}

/// Forward without bias, with one for each feature, with the last feature alone, and transposed.
std::vector<Suspect> of_forward(const LayerChecks& checks) {
  Batch without = checks.batch, often = checks.batch, last = checks.batch;
  for (double& b : without.parameters[1]) b = 0;
  for (double& b : often.parameters[1]) b *= static_cast<double>(checks.right.input[0]);
  std::fill(last.parameters[0].begin(), last.parameters[0].end() - checks.right.output[0], 0.0);
  for (double& b : last.parameters[1]) b = 0;
  return {{"the bias is missing", checks.right.forward(without)},
          {"the bias is added once for each feature", checks.right.forward(often)},
          {"only the last feature counts: `=` is written where `+=` belongs", checks.right.forward(last)},
          {transposed, checks.right.forward(with_transpose(checks))}};
}

std::vector<Suspect> of_the_input(const LayerChecks& checks) {
  return {{transposed, checks.right.input_gradient(with_transpose(checks))}};
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
    forward.push_back(checks.forward(of_forward(checks)));
    bias.push_back(checks.weight_gradient(1));
    kernel.push_back(checks.weight_gradient(0));
    input.push_back(checks.input_gradient(of_the_input(checks)));
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
