#include YOURS

#include "../support/alone.hpp"
#include "../support/main.hpp"
#include "keras.hpp"
#include "latent/layers/max_pooling2d.hpp"

using namespace marks;
using latent::Same;
using latent::Shape;
using latent::Strides;
using latent::Valid;

namespace {

/// A window on images of one channel, in numbers, for mistakes to be made with.
struct Window {
  Index height, width, size, stride, before, new_height, new_width;
};
enum class Ties { all, last, shared };

/// An input gradient that gives dz to all the largest of a window, to the last, or to all in equal shares; or that does not
/// add up where windows overlap (`assigns`).
std::vector<double> gradient(const Window& w, const Batch& batch, Ties ties, bool assigns) {
  std::vector<double> dx(batch.x.size(), 0.0);
  const auto image = static_cast<std::size_t>(w.height * w.width);
  for (std::size_t n = 0; n * image < dx.size(); ++n)
    for (Index i = 0; i < w.new_height * w.new_width; ++i) {
      const auto at = n * static_cast<std::size_t>(w.new_height * w.new_width) + static_cast<std::size_t>(i);
      std::vector<std::size_t> largest;
      for (Index tap = 0; tap < w.size * w.size; ++tap) {
        const Index row = i / w.new_width * w.stride + tap / w.size - w.before,
                    column = i % w.new_width * w.stride + tap % w.size - w.before;
        if (row < 0 || row >= w.height || column < 0 || column >= w.width) continue;
        const std::size_t here = n * image + static_cast<std::size_t>(row * w.width + column);
        if (batch.x[here] == batch.y[at]) largest.push_back(here);
      }
      const double share = ties == Ties::shared ? 1 / static_cast<double>(largest.size()) : 1;
      for (std::size_t k = 0; k < largest.size(); ++k) {
        if (ties == Ties::last && k + 1 < largest.size()) continue;
        double& to = dx[largest[k]];
        to = (assigns ? 0 : to) + share * batch.dz[at];
      }
    }
  return dx;
}
std::vector<Suspect> usual(const LayerChecks& checks, const Window& w) {
  return {
      {"of equal values all get the gradient: only the first one does", gradient(w, checks.batch, Ties::all, false)},
      {"of equal values the last one gets the gradient: the first one does",
       gradient(w, checks.batch, Ties::last, false)},
      {"equal values share the gradient: the first one gets it all", gradient(w, checks.batch, Ties::shared, false)},
      {"`=` is written where `+=` belongs: windows overlap", gradient(w, checks.batch, Ties::last, true)}};
}
/// Forward where padding counts as 0, for windows at the edge of which all is negative.
std::vector<Suspect> zeros_win(const LayerChecks& checks, const Window& w) {
  std::vector<double> y = checks.batch.y;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Index o = static_cast<Index>(i) / w.new_width % w.new_height, p = static_cast<Index>(i) % w.new_width;
    const auto reaches_out = [&](Index at, Index size) {
      return at * w.stride - w.before < 0 || at * w.stride - w.before + w.size > size;
    };
    if (reaches_out(o, w.height) || reaches_out(p, w.width)) y[i] = std::max(y[i], 0.0);
  }
  return {{"what lies outside counts as 0 and wins among negative numbers: leave it out", y}};
}

struct Yours {
  LoneLayer by_hand, several, keras, same, overlap, ties;
};

void mark(Sheet& sheet, const Yours& yours) {
  namespace k = keras::max_pooling2d_2x7x7x1_p3x3_sNone_same;
  namespace t = keras::max_pooling2d_ties_few_values;
  const LayerChecks by_hand{yours.by_hand, latents<latent::MaxPooling2D<2>, Shape<4, 4, 1>>(),
                            Batch{1, {1, 3, -2, -5, 2, 0, -1, -3, 4, 4, 0, 1, 0, 4, 2, 2}, {}, {1, 2, 3, 4}, {}},
                            "the example in README.md"},
      several{yours.several, latents<latent::MaxPooling2D<2>, Shape<5, 6, 3>>(), 2, 1},
      of_keras{yours.keras, latents<latent::MaxPooling2D<3, Same>, Shape<7, 7, 1>>(), Batch{2, k::x, {}, k::dy, k::y},
               "Keras"},
      overlap{yours.overlap, latents<latent::MaxPooling2D<3, Strides<1>>, Shape<5, 6, 1>>(), 2, 3},
      ties{yours.ties, latents<latent::MaxPooling2D<2, Same>, Shape<5, 6, 2>>(), Batch{2, t::x, {}, t::dy, t::y},
           "Keras, equal values"};
  Batch negative{2, {}, {}, numbers(2 * 3 * 3, 7), {}};
  for (const double v : numbers(2 * 5 * 5, 8)) negative.x.push_back(-std::abs(v) - 0.1);
  const LayerChecks same{yours.same, latents<latent::MaxPooling2D<2, Same>, Shape<5, 5, 1>>(), negative,
                         "latent's MaxPooling2D, on negative numbers"};
  sheet.property("forward, valid", 2, {by_hand.forward(), several.forward(), overlap.forward()});
  sheet.property("forward, same", 2,
                 {of_keras.forward(zeros_win(of_keras, {7, 7, 3, 3, 1, 3, 3})),
                  same.forward(zeros_win(same, {5, 5, 2, 2, 0, 3, 3}))});
  sheet.property("gradient, valid", 2, {several.input_gradient()});
  sheet.property("gradient, same", 1, {of_keras.input_gradient(), same.input_gradient()});
  sheet.property("gradient, windows overlap", 2, {overlap.input_gradient(usual(overlap, {5, 6, 3, 1, 0, 3, 4}))});
  sheet.property("gradient, equal values", 1,
                 {by_hand.input_gradient(usual(by_hand, {4, 4, 2, 2, 0, 2, 2})), ties.input_gradient()});
}

template <template <Index, Index, class> class Pooling>
Yours all() {
  return {lone<Pooling<2, 2, Valid>, Shape<4, 4, 1>>(), lone<Pooling<2, 2, Valid>, Shape<5, 6, 3>>(),
          lone<Pooling<3, 3, Same>, Shape<7, 7, 1>>(),  lone<Pooling<2, 2, Same>, Shape<5, 5, 1>>(),
          lone<Pooling<3, 1, Valid>, Shape<5, 6, 1>>(), lone<Pooling<2, 2, Same>, Shape<5, 6, 2>>()};
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, all<yours::MaxPooling2D>()); }
#include "../support/main.inc"
