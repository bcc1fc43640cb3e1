// flags: -O0
#include YOURS

#include "../support/alone.hpp"
#include "../support/functions.hpp"
#include "../support/main.hpp"
#include "latent/layers/conv2d.hpp"

using namespace marks;
using latent::Same;
using latent::Shape;

namespace {

/// The sizes of a convolution; the student has a struct like it.
struct Sizes {
  Index height, width, channels, kernel_size, before, new_height, new_width, filters;
  Index pixels() const { return new_height * new_width; }
  Index patch() const { return kernel_size * kernel_size * channels; }
  std::size_t image() const { return static_cast<std::size_t>(height * width * channels); }
  std::size_t patches() const { return static_cast<std::size_t>(pixels() * patch()); }
};

using Numbers = std::vector<double>;
struct Yours {
  void (*write_patches)(const double* x, const Sizes& s, double* patches);
  void (*forward)(const double* x, const double* kernel, const double* bias, const Sizes& s, double* patches,
                  double* y);
  void (*kernel_gradient)(const double* x, const double* dz, const Sizes& s, double* patches, double* dkernel);
  void (*add_patches)(const double* patches, const Sizes& s, double* dx);
  void (*input_gradient)(const double* kernel, const double* dz, const Sizes& s, double* patches, double* dx);
};

/// For each number of the matrix the number of x it is read from, or -1. `channels_first`: the order [c][a][b].
std::vector<Index> sources(const Sizes& s, bool channels_first = false, bool columns_first = false) {
  std::vector<Index> from;
  for (Index pixel = 0; pixel < s.pixels(); ++pixel)
    for (Index i = 0; i < s.patch(); ++i) {
      const Index taps = s.kernel_size * s.kernel_size;
      const Index tap = channels_first ? i % taps : i / s.channels, c = channels_first ? i / taps : i % s.channels;
      Index a = tap / s.kernel_size, b = tap % s.kernel_size;
      if (columns_first) std::swap(a, b);
      const Index row = pixel / s.new_width + a - s.before, column = pixel % s.new_width + b - s.before;
      const bool inside = row >= 0 && row < s.height && column >= 0 && column < s.width;
      from.push_back(inside ? (row * s.width + column) * s.channels + c : -1);
    }
  return from;
}
Numbers read(const Numbers& x, const std::vector<Index>& from) {
  Numbers values;
  for (const Index i : from) values.push_back(i < 0 ? 0 : x[static_cast<std::size_t>(i)]);
  return values;
}
/// Added up, or as `=` leaves them.
Numbers add(const Numbers& patches, const std::vector<Index>& from, Numbers x, bool assign = false) {
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] >= 0)
      x[static_cast<std::size_t>(from[i])] = (assign ? 0 : x[static_cast<std::size_t>(from[i])]) + patches[i];
  return x;
}

Check patches_of(const Yours& yours, const Sizes& s, const Numbers& x, const char* against) {
  return {against,
          {{s.pixels(), s.patch()}, read(x, sources(s))},
          [=] {
            Numbers patches = unwritten(s.patches());
            // Around the image lies what nobody may read.
            Numbers around = unwritten(x.size() + 200);
            std::copy(x.begin(), x.end(), around.begin() + 100);
            yours.write_patches(around.data() + 100, s, patches.data());
            return patches;
          },
          {{"the channels come last in a patch: [a][b][c]", read(x, sources(s, true))},
           {"rows and columns of the taps are exchanged: [a][b][c]", read(x, sources(s, false, true))}}};
}

Check added(const Yours& yours, const Sizes& s, unsigned seed) {
  // dx is handed over full of ones; what is compared is what was added to them.
  const Numbers patches = numbers(static_cast<Index>(s.patches()), seed), start(s.image(), 1.0), zeros(s.image(), 0.0);
  const auto from = sources(s);
  const auto minus_one = [](Numbers values) {
    for (double& v : values) v -= 1;
    return values;
  };
  return {
      "the sums of what was read from each pixel",
      {{s.height, s.width, s.channels}, add(patches, from, zeros)},
      [=] {
        Numbers dx = start;
        dx.insert(dx.end(), 100, 0.0);  // for those who write too far
        yours.add_patches(patches.data(), s, dx.data());
        dx.resize(start.size());
        return minus_one(dx);
      },
      {{"`=` is written where `+=` belongs: a pixel is in several windows", minus_one(add(patches, from, start, true))},
       {"what was there before is lost", minus_one(add(patches, from, zeros))}}};
}

void mark(Sheet& sheet, const Yours& yours) {
  const Sizes by_hand{3, 3, 1, 2, 0, 2, 2, 1}, valid{5, 6, 2, 3, 0, 3, 4, 3}, same{4, 5, 2, 3, 1, 4, 5, 3},
      even{4, 5, 2, 2, 0, 4, 5, 2};
  const Numbers x = numbers(60, 1);
  sheet.property("patches, valid", 2,
                 {patches_of(yours, by_hand, {1, 2, 0, 0, 1, 3, 4, 1, 1}, "the example in README.md"),
                  patches_of(yours, valid, x, "the windows")});
  const Numbers small(x.begin(), x.begin() + 40);
  sheet.property("patches, same", 2,
                 {patches_of(yours, same, small, "the windows"), patches_of(yours, even, small, "the windows")});

  const auto passes = [&](const LoneLayer& right, const Sizes& s, unsigned seed) {
    const LayerChecks checks({}, right, 1, seed);
    const Batch& batch = checks.batch;
    Batch without = batch;
    for (double& b : without.parameters[1]) b = 0;
    const std::string against = "latent's Conv2D";
    const auto dkernel = right.weight_gradient(batch, 0);
    Numbers anew = dkernel;
    for (double& v : anew) v -= 1;
    return std::array<Check, 3>{
        Check{against,
              {{s.new_height, s.new_width, s.filters}, batch.y},
              [=] {
                Numbers patches = unwritten(s.patches()), y = unwritten(batch.y.size());
                yours.forward(batch.x.data(), batch.parameters[0].data(), batch.parameters[1].data(), s, patches.data(),
                              y.data());
                return y;
              },
              {{"the bias is missing", right.forward(without)}}},
        Check{against,
              {{s.patch(), s.filters}, dkernel},
              [=] {
                Numbers patches = unwritten(s.patches()), sum(dkernel.size(), 1.0);
                yours.kernel_gradient(batch.x.data(), batch.dz.data(), s, patches.data(), sum.data());
                for (double& v : sum) v -= 1;
                return sum;
              },
              {{"what was there before is lost: `=` is written where `+=` belongs", anew}}},
        Check{against, {{s.height, s.width, s.channels}, right.input_gradient(batch)}, [=] {
                Numbers patches = unwritten(s.patches()), dx = unwritten(batch.x.size());
                yours.input_gradient(batch.parameters[0].data(), batch.dz.data(), s, patches.data(), dx.data());
                return dx;
              }}};
  };
  const auto of_valid = passes(latents<latent::Conv2D<3, 3>, Shape<5, 6, 2>>(), valid, 2);
  const auto of_same = passes(latents<latent::Conv2D<3, 3, Same>, Shape<4, 5, 2>>(), same, 3);
  sheet.property("forward", 2, {of_valid[0], of_same[0]});
  sheet.property("gradient of the kernel", 1, {of_valid[1], of_same[1]});
  sheet.property("patches added back", 2, {added(yours, by_hand, 4), added(yours, valid, 5), added(yours, same, 6)});
  sheet.property("gradient of the input", 1, {of_valid[2], of_same[2]});
}

template <class Theirs>
Theirs as(const Sizes& s) {
  return {s.height, s.width, s.channels, s.kernel_size, s.before, s.new_height, s.new_width, s.filters};
}

}  // namespace

#define MARKS_OF(yours)                                                                                                \
  [](Sheet& sheet) {                                                                                                   \
    using S = yours::Sizes;                                                                                            \
    mark(sheet, {[](const double* x, const Sizes& s, double* patches) { yours::write_patches(x, as<S>(s), patches); }, \
                 [](const double* x, const double* k, const double* b, const Sizes& s, double* patches, double* y) {   \
                   yours::forward(x, k, b, as<S>(s), patches, y);                                                      \
                 },                                                                                                    \
                 [](const double* x, const double* dz, const Sizes& s, double* patches, double* dk) {                  \
                   yours::kernel_gradient(x, dz, as<S>(s), patches, dk);                                               \
                 },                                                                                                    \
                 [](const double* patches, const Sizes& s, double* dx) { yours::add_patches(patches, as<S>(s), dx); }, \
                 [](const double* k, const double* dz, const Sizes& s, double* patches, double* dx) {                  \
                   yours::input_gradient(k, dz, as<S>(s), patches, dx);                                                \
                 }});                                                                                                  \
  }
#include "../support/main.inc"
