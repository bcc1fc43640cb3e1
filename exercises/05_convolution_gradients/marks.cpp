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

/// Kernel gradients in which `=` leaves the contribution of one pixel: the last one, if nothing is padded.
std::vector<Suspect> last_term(const LayerChecks& checks) {
  Batch last = checks.batch;
  const auto filters = static_cast<std::size_t>(checks.right.output[2]);
  std::fill(last.dz.begin(), last.dz.end() - static_cast<std::ptrdiff_t>(filters), 0.0);
  const std::vector<double> left = checks.right.weight_gradient(last, 0);
  std::vector<double> alone = left;
  for (double& v : alone) v -= 1;
  return {{"only the last pixel counts: the sum over the pixels is missing", left},
          {"only the last pixel counts: `=` is written where `+=` belongs", alone}};
}

/// Input gradients with the kernel turned, and with its taps exchanged.
std::vector<Suspect> other_kernels(const LayerChecks& checks) {
  const std::vector<Index>& k = checks.right.parameters[0];
  const Index rest = k[2] * k[3];
  const auto with = [&](auto from) {
    Batch other = checks.batch;
    for (Index a = 0; a < k[0]; ++a)
      for (Index b = 0; b < k[1]; ++b)
        for (Index i = 0; i < rest; ++i)
          other.parameters[0][static_cast<std::size_t>((a * k[1] + b) * rest + i)] =
              checks.batch.parameters[0][static_cast<std::size_t>(from(a, b) * rest + i)];
    return checks.right.input_gradient(other);
  };
  return {{"the kernel is turned by 180 degrees: dz[o][p] met x[i][j] through the tap a = i - o + before",
           with([&](Index a, Index b) { return (k[0] - 1 - a) * k[1] + k[1] - 1 - b; })},
          {"rows and columns of the kernel are exchanged", with([&](Index a, Index b) { return b * k[1] + a; })}};
}

struct Yours {
  LoneLayer by_hand, valid, keras, same, even;
};

void mark(Sheet& sheet, const Yours& yours) {
  namespace k = keras::conv2d_2x7x7x1_f1_k3x3_s1x1_same;
  const LayerChecks by_hand{yours.by_hand, latents<latent::Conv2D<1, 2>, Shape<3, 3, 1>>(),
                            Batch{1, {1, 2, 0, 0, 1, 3, 4, 1, 1}, {{1, 2, 0, -1}, {0.5}}, {1, 0, 2, -1}, {}},
                            "the example in README.md"},
      valid{yours.valid, latents<latent::Conv2D<3, 3>, Shape<6, 7, 2>>(), 2, 1},
      of_keras{yours.keras, latents<latent::Conv2D<1, 3, Same>, Shape<7, 7, 1>>(),
               Batch{2, k::x, {k::kernel, k::bias}, k::dy, {}}, "Keras"},
      same{yours.same, latents<latent::Conv2D<2, 3, Same>, Shape<5, 6, 3>>(), 2, 2},
      even{yours.even, latents<latent::Conv2D<2, 2, Same>, Shape<5, 6, 2>>(), 2, 3};
  const auto kernel = [](const LayerChecks& c) { return c.weight_gradient(0, last_term(c)); };
  const auto input = [](const LayerChecks& c) { return c.input_gradient(other_kernels(c)); };
  sheet.property("gradient of the bias", 1,
                 {by_hand.weight_gradient(1), valid.weight_gradient(1), of_keras.weight_gradient(1)});
  sheet.property("gradient of the kernel, valid", 3, {kernel(by_hand), kernel(valid)});
  sheet.property("gradient of the kernel, same", 1, {kernel(of_keras), kernel(same), kernel(even)});
  sheet.property("gradient of the input, valid", 3, {input(by_hand), input(valid)});
  sheet.property("gradient of the input, same", 2, {input(of_keras), input(same), input(even)});
}

template <template <Index, Index, class> class Conv2D>
Yours all() {
  return {lone<Conv2D<1, 2, Valid>, Shape<3, 3, 1>, gradients_only>(),
          lone<Conv2D<3, 3, Valid>, Shape<6, 7, 2>, gradients_only>(),
          lone<Conv2D<1, 3, Same>, Shape<7, 7, 1>, gradients_only>(),
          lone<Conv2D<2, 3, Same>, Shape<5, 6, 3>, gradients_only>(),
          lone<Conv2D<2, 2, Same>, Shape<5, 6, 2>, gradients_only>()};
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, all<yours::Conv2DGradients>()); }
#include "../support/main.inc"
