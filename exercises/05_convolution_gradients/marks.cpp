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

using Numbers = std::vector<double>;

/// The loops of a convolution whose tap (a, b) of output (o, p) reads x at row(o, a), row(p, b), as a student may write them:
/// visit(place of x, of kernel, of dz) for each multiplication.
void loops(const LayerChecks& checks, const std::function<Index(Index, Index)>& row,
           const std::function<void(std::size_t, std::size_t, std::size_t)>& visit) {
  const auto& [height, width, channels] =
      std::array{checks.right.input[0], checks.right.input[1], checks.right.input[2]};
  const auto& [rows, columns, filters] =
      std::array{checks.right.output[0], checks.right.output[1], checks.right.output[2]};
  const Index size = checks.right.parameters[0][0];
  for (Index n = 0; n < checks.batch.samples; ++n)
    for (Index o = 0; o < rows; ++o)
      for (Index p = 0; p < columns; ++p)
        for (Index a = 0; a < size; ++a)
          for (Index b = 0; b < size; ++b) {
            const Index i = row(o, a), j = row(p, b);
            if (i < 0 || i >= height || j < 0 || j >= width) continue;
            for (Index c = 0; c < channels; ++c)
              for (Index f = 0; f < filters; ++f)
                visit(static_cast<std::size_t>(((n * height + i) * width + j) * channels + c),
                      static_cast<std::size_t>(((a * size + b) * channels + c) * filters + f),
                      static_cast<std::size_t>(((n * rows + o) * columns + p) * filters + f));
          }
}
/// Rows of padding above the image.
Index before(const LayerChecks& checks) {
  const bool padded = checks.right.input[0] == checks.right.output[0];
  return padded ? (checks.right.parameters[0][0] - 1) / 2 : 0;
}
Numbers kernel_gradient(const LayerChecks& checks, const std::function<Index(Index, Index)>& row,
                        bool assigned = false) {
  Numbers dkernel(checks.batch.parameters[0].size());
  loops(checks, row, [&](std::size_t x, std::size_t k, std::size_t z) {
    dkernel[k] = (assigned ? 0 : dkernel[k]) + checks.batch.x[x] * checks.batch.dz[z];
  });
  return dkernel;
}
Numbers input_gradient(const LayerChecks& checks, const std::function<Index(Index, Index)>& row) {
  Numbers dx(checks.batch.x.size());
  loops(checks, row, [&](std::size_t x, std::size_t k, std::size_t z) {
    dx[x] += checks.batch.dz[z] * checks.batch.parameters[0][k];
  });
  return dx;
}

/// Kernel gradients in which `=` leaves the contribution of one pixel: the last one, if nothing is padded.
std::vector<Suspect> last_term(const LayerChecks& checks) {
  Batch last = checks.batch;
  const auto filters = static_cast<std::size_t>(checks.right.output[2]);
  std::fill(last.dz.begin(), last.dz.end() - static_cast<std::ptrdiff_t>(filters), 0.0);
  const Index padding = before(checks);
  const auto row = [=](Index o, Index a) { return o + a - padding; };
  Numbers alone = kernel_gradient(checks, row, true);
  for (double& v : alone) v -= 1;
  return {{"only the last pixel counts: the sum over the pixels is missing", checks.right.weight_gradient(last, 0)},
          {"only the last pixel counts: `=` is written where `+=` belongs", alone},
          {"x is read at o + a: `before` is missing", kernel_gradient(checks, [](Index o, Index a) { return o + a; })},
          {"x is read at o + a + before: forward subtracts `before`",
           kernel_gradient(checks, [=](Index o, Index a) { return o + a + padding; })},
          {"x is read at o - a, where forward reads it at o + a (or the taps are upside down)",
           kernel_gradient(checks, [=](Index o, Index a) { return o - a + padding; })}};
}

/// Input gradients with the kernel turned, its axes exchanged, or a wrong sign.
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
  const Index padding = before(checks);
  const char* sign = "dz is read at i + a: the output that saw x[i] through the tap a is o = i - a + before";
  Batch exchanged = checks.batch, first = checks.batch;
  for (Index tap = 0; tap < k[0] * k[1]; ++tap)
    for (Index c = 0; c < k[2]; ++c)
      for (Index f = 0; f < k[3]; ++f)
        exchanged.parameters[0][static_cast<std::size_t>(tap * rest + c * k[3] + f)] =
            checks.batch.parameters[0][static_cast<std::size_t>(tap * rest + f * k[2] + c)];
  for (std::size_t i = 0; i < first.dz.size(); ++i)
    if (i % static_cast<std::size_t>(k[3]) > 0) first.dz[i] = 0;
  return {{"the kernel is turned by 180 degrees: dz[o][p] met x[i][j] through the tap a = i - o + before",
           with([&](Index a, Index b) { return (k[0] - 1 - a) * k[1] + k[1] - 1 - b; })},
          {"rows and columns of the kernel are exchanged", with([&](Index a, Index b) { return b * k[1] + a; })},
          {sign, input_gradient(checks, [=](Index o, Index a) { return o - a + padding; })},
          {sign, input_gradient(checks, [=](Index o, Index a) { return o - a - padding; })},
          {"channels and filters of the kernel are exchanged: kernel[a][b][c][f] is kernel[at(a, b, c, f)]",
           checks.right.input_gradient(exchanged)},
          {"the sum over the filters is missing", checks.right.input_gradient(first)}};
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
