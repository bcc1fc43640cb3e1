#include YOURS

#include "../support/alone.hpp"
#include "../support/main.hpp"
#include "keras.hpp"
#include "latent/layers/conv2d.hpp"

using namespace marks;
using latent::Same;
using latent::Shape;
using latent::Valid;

namespace {

/// Forward without bias, with one for each tap, and with the kernel upside down.
std::vector<Suspect> usual(const LayerChecks& checks) {
  Batch without = checks.batch, often = checks.batch, turned = checks.batch;
  const std::vector<Index>& k = checks.right.parameters[0];
  const Index taps = k[0] * k[1], rest = k[2] * k[3];
  for (double& b : without.parameters[1]) b = 0;
  for (double& b : often.parameters[1]) b *= static_cast<double>(taps);
  for (Index tap = 0; tap < taps; ++tap)
    for (Index i = 0; i < rest; ++i)
      turned.parameters[0][static_cast<std::size_t>(tap * rest + i)] =
          checks.batch.parameters[0][static_cast<std::size_t>((taps - 1 - tap) * rest + i)];
  Batch transposed = checks.batch;
  for (Index a = 0; a < k[0]; ++a)
    for (Index b = 0; b < k[1]; ++b)
      for (Index i = 0; i < rest; ++i)
        transposed.parameters[0][static_cast<std::size_t>((a * k[1] + b) * rest + i)] =
            checks.batch.parameters[0][static_cast<std::size_t>((b * k[0] + a) * rest + i)];
  return {{"the bias is missing", checks.right.forward(without)},
          {"the bias is added once for each tap", checks.right.forward(often)},
          {"the kernel is turned by 180 degrees: Keras's convolution does not turn it (a correlation)",
           checks.right.forward(turned)},
          {"rows and columns of the kernel are exchanged", checks.right.forward(transposed)}};
}

struct Yours {
  LoneLayer by_hand, valid, several, keras, odd, even;
};

void mark(Sheet& sheet, const Yours& yours) {
  const auto checked = [](const LayerChecks& checks) { return checks.forward(usual(checks)); };
  sheet.property(
      "one filter, one channel", 2,
      {checked({yours.by_hand, latents<latent::Conv2D<1, 2>, Shape<3, 3, 1>>(),
                Batch{1, {1, 2, 0, 0, 1, 3, 4, 1, 1}, {{1, 2, 0, -1}, {0.5}}, {}, {}}, "the example in README.md"}),
       checked({yours.valid, latents<latent::Conv2D<1, 3>, Shape<5, 6, 1>>(), 2, 1})});
  sheet.property("several filters and channels", 3,
                 {checked({yours.several, latents<latent::Conv2D<3, 3>, Shape<6, 7, 2>>(), 2, 2})});
  sheet.property(
      "'same', a 3 x 3 kernel", 3,
      {checked({yours.keras, latents<latent::Conv2D<1, 3, Same>, Shape<7, 7, 1>>(),
                Batch{2,
                      keras::conv2d_2x7x7x1_f1_k3x3_s1x1_same::x,
                      {keras::conv2d_2x7x7x1_f1_k3x3_s1x1_same::kernel, keras::conv2d_2x7x7x1_f1_k3x3_s1x1_same::bias},
                      {},
                      keras::conv2d_2x7x7x1_f1_k3x3_s1x1_same::y},
                "Keras"}),
       checked({yours.odd, latents<latent::Conv2D<2, 3, Same>, Shape<4, 5, 3>>(), 2, 3})});
  sheet.property("'same', a 2 x 2 kernel", 2,
                 {checked({yours.even, latents<latent::Conv2D<2, 2, Same>, Shape<4, 5, 2>>(), 2, 4})});
}

template <template <Index, Index, class> class Conv2D>
Yours all() {
  return {lone<Conv2D<1, 2, Valid>, Shape<3, 3, 1>, forward_only>(),
          lone<Conv2D<1, 3, Valid>, Shape<5, 6, 1>, forward_only>(),
          lone<Conv2D<3, 3, Valid>, Shape<6, 7, 2>, forward_only>(),
          lone<Conv2D<1, 3, Same>, Shape<7, 7, 1>, forward_only>(),
          lone<Conv2D<2, 3, Same>, Shape<4, 5, 3>, forward_only>(),
          lone<Conv2D<2, 2, Same>, Shape<4, 5, 2>, forward_only>()};
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, all<yours::Conv2D>()); }
#include "../support/main.inc"
