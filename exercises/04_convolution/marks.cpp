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

/// What usual mistakes make of forward.
std::vector<Suspect> usual(const LayerChecks& checks) {
  const std::vector<Index>& k = checks.right.parameters[0];
  const Index taps = k[0] * k[1], channels = k[2], filters = k[3];
  const auto with = [&](auto change) {
    Batch other = checks.batch;
    change(other.x, other.parameters[0], other.parameters[1]);
    return checks.right.forward(other);
  };
  using Numbers = std::vector<double>;
  // The kernel, with the number from(a, b, c, f) in place of each of its numbers.
  const auto read = [&](auto from) {
    return with([&](Numbers&, Numbers& kernel, Numbers&) {
      const Numbers right = kernel;
      for (Index a = 0, i = 0; a < k[0]; ++a)
        for (Index b = 0; b < k[1]; ++b)
          for (Index c = 0; c < channels; ++c)
            for (Index f = 0; f < filters; ++f, ++i)
              kernel[static_cast<std::size_t>(i)] = right[static_cast<std::size_t>(from(a, b, c, f))];
    });
  };
  const auto at = [&](Index a, Index b, Index c, Index f) { return ((a * k[1] + b) * channels + c) * filters + f; };
  const auto zero = [](Numbers& values) { std::fill(values.begin(), values.end(), 0.0); };

  // The bias once more for each term of a sum: as many as an image and a kernel of ones give.
  const Numbers without = with([&](Numbers&, Numbers&, Numbers& bias) { zero(bias); }),
                terms = with([&](Numbers& x, Numbers& kernel, Numbers& bias) {
                  std::fill(x.begin(), x.end(), 1.0), std::fill(kernel.begin(), kernel.end(), 1.0), zero(bias);
                });
  Numbers each_tap = without, each_term = without;
  for (std::size_t i = 0; i < without.size(); ++i) {
    const double bias = checks.batch.parameters[1][i % static_cast<std::size_t>(filters)];
    each_tap[i] += bias * terms[i] / static_cast<double>(channels), each_term[i] += bias * terms[i];
  }

  std::vector<Suspect> suspects{
      {"the bias is missing", without},
      {"the bias is added once for each tap", each_tap},
      {"the bias is added once for each tap and channel", each_term},
      {"the kernel is turned by 180 degrees: Keras's convolution does not turn it (a correlation)",
       read([&](Index a, Index b, Index c, Index f) { return at(k[0] - 1 - a, k[1] - 1 - b, c, f); })},
      {"rows and columns of the kernel are exchanged",
       read([&](Index a, Index b, Index c, Index f) { return at(b, a, c, f); })},
      {"channels and filters of the kernel are exchanged: kernel[a][b][c][f] is kernel[at(a, b, c, f)]",
       read([&](Index a, Index b, Index c, Index f) { return ((a * k[1] + b) * filters + f) * channels + c; })},
      {"the sum over the channels is missing", with([&](Numbers& x, Numbers&, Numbers&) {
         for (std::size_t i = 0; i < x.size(); ++i)
           if (i % static_cast<std::size_t>(channels) > 0) x[i] = 0;
       })},
      {"x[...][c]: it is always channel 0 that is read", with([&](Numbers& x, Numbers&, Numbers&) {
         for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i - i % static_cast<std::size_t>(channels)];
       })},
      {"only the last tap counts: `=` is written where `+=` belongs",
       with([&](Numbers&, Numbers& kernel, Numbers& bias) {
         std::fill_n(kernel.begin(), (taps * channels - 1) * filters, 0.0), zero(bias);
       })}};
  if (checks.right.input[0] == checks.right.input[1])
    suspects.push_back({"rows and columns of x are exchanged", with([&](Numbers& x, Numbers&, Numbers&) {
                          const Numbers right = x;
                          const Index size = checks.right.input[0];
                          for (Index i = 0; i < static_cast<Index>(x.size()); ++i) {
                            const Index c = i % channels, column = i / channels % size,
                                        row = i / channels / size % size, n = i / channels / size / size;
                            x[static_cast<std::size_t>(i)] =
                                right[static_cast<std::size_t>(((n * size + column) * size + row) * channels + c)];
                          }
                        })});
  return suspects;
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
       checked({yours.valid, latents<latent::Conv2D<1, 3>, Shape<6, 7, 1>>(), 2, 1})});
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
          lone<Conv2D<1, 3, Valid>, Shape<6, 7, 1>, forward_only>(),
          lone<Conv2D<3, 3, Valid>, Shape<6, 7, 2>, forward_only>(),
          lone<Conv2D<1, 3, Same>, Shape<7, 7, 1>, forward_only>(),
          lone<Conv2D<2, 3, Same>, Shape<4, 5, 3>, forward_only>(),
          lone<Conv2D<2, 2, Same>, Shape<4, 5, 2>, forward_only>()};
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, all<yours::Conv2D>()); }
#include "../support/main.inc"
