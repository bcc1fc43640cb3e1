// Convolutions whose filters see some of the channels only, against their definition: depthwise, and in groups (conv2d_grouped.hpp).
#include <doctest/doctest.h>

#include <latent/core/random.hpp>
#include <latent/kernels/conv2d_grouped.hpp>
#include <latent/kernels/conv2d_naive.hpp>
#include <latent/kernels/depthwise.hpp>

#include "guarded.hpp"

using namespace latent;
using namespace latent::kernels;
using namespace guarded;

namespace {

constexpr Border more{.top = 1, .bottom = 2, .left = 3, .right = 1};

std::vector<double> normal(Index size, std::uint32_t stream) {
  std::vector<double> values(array_size(size));
  for (Index i = 0; i < size; ++i) values[array_size(i)] = Random(Seed{3}, Purpose::test, stream).normal(i);
  return values;
}

/// What the definition makes of x, dy and a kernel (rows, columns, count, filters / groups ...) in groups: filter f sees the
/// channels of group f * groups / filters.
template <Convolution C, Index groups>
struct Definition {
  static constexpr Index in = C.channels / groups, out = C.filters / groups;
  Tensor<4, double> x, dy, y, dx;
  std::vector<double> kernel, dkernel;

  explicit Definition(Index images, bool depthwise)
      : x(images, C.rows.input, C.columns.input, C.channels),
        dy(images, C.rows.output, C.columns.output, C.filters),
        y(dy.dimensions()),
        dx(x.dimensions()),
        kernel(normal(C.taps() * in * C.filters, 2)),
        dkernel(kernel.size(), 0.0) {
    const auto some_x = normal(x.size(), 0), some_dy = normal(dy.size(), 1);
    std::copy(some_x.begin(), some_x.end(), x.data()), std::copy(some_dy.begin(), some_dy.end(), dy.data());
    y.setZero(), dx.setZero();
    for (Index n = 0; n < images; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p)
          for (Index a = 0; a < C.rows.kernel; ++a)
            for (Index b = 0; b < C.columns.kernel; ++b) {
              const Index row = o * C.rows.stride + a * C.rows.dilation - C.rows.before;
              const Index column = p * C.columns.stride + b * C.columns.dilation - C.columns.before;
              if (row < 0 || row >= C.rows.input || column < 0 || column >= C.columns.input) continue;
              for (Index f = 0; f < C.filters; ++f)
                for (Index i = 0; i < in; ++i) {
                  // Depthwise, (taps, channels, filters of each) are (taps, filters) as they lie in memory.
                  const Index tap = a * C.columns.kernel + b, c = f / out * in + i;
                  const std::size_t w = array_size(depthwise ? tap * C.filters + f : (tap * in + i) * C.filters + f);
                  y(n, o, p, f) += x(n, row, column, c) * kernel[w];
                  dx(n, row, column, c) += dy(n, o, p, f) * kernel[w];
                  dkernel[w] += dy(n, o, p, f) * x(n, row, column, c);
                }
            }
  }
};

void expect_same(const Tensor<4, double>& got, const Tensor<4, double>& expected) {
  double worst = 0;
  for (Index i = 0; i < got.size(); ++i) {
    const double difference = std::abs(got.data()[i] - expected.data()[i]);
    if (!(difference <= worst)) worst = std::isnan(difference) ? HUGE_VAL : difference;
  }
  CHECK(worst < 1e-12);
}

/// A Guarded with these values.
Guarded filled(const std::vector<double>& values) {
  Guarded memory(static_cast<Index>(values.size()), 0);
  std::copy(values.begin(), values.end(), memory.begin());
  return memory;
}
void expect_added(Guarded& sums, const std::vector<double>& expected) {
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(sums.begin()[i] - 1 - expected[i]);
    if (!(difference <= worst)) worst = difference;
    if (is_nan(worst)) break;
  }
  CHECK(worst < 1e-12);
  CHECK(sums.is_intact());
}

/// The images of a convolution, with borders that are larger than needed.
template <Convolution C, Border input_border, Border gradient_border>
struct Memory {
  using InputShape = Shape<C.rows.input, C.columns.input, C.channels>;
  using OutputShape = Shape<C.rows.output, C.columns.output, C.filters>;
  Images<Layout<InputShape, input_border + more>, input_border> x;
  Images<Layout<OutputShape, gradient_border + more>, gradient_border> dy;
  Images<Layout<OutputShape, more>> y;
  Images<Layout<InputShape, more>> dx;
  template <class D>
  explicit Memory(const D& definition)
      : x(definition.x),
        dy(definition.dy),
        y(x.view.samples, nothing, elsewhere),
        dx(x.view.samples, nothing, elsewhere) {}
  template <class D>
  void expect_results(const D& definition, const std::vector<double>& bias) {
    expect_same(y.tensor(), with_places(definition.y, bias));
    expect_same(dx.tensor(), with_places(definition.dx, {}));
    CHECK(y.is_intact());
    CHECK(dx.is_intact());
  }
};

template <Convolution C>
void check_depthwise(Index images = 2) {
  const Definition<C, C.channels> definition(images, true);
  Guarded kernel = filled(definition.kernel), dkernel(kernel.size, 1, elsewhere);
  for (const bool biased : {true, false}) {
    Memory<C, C.input_border(), C.gradient_border()> memory(definition);
    const std::vector<double> bias = biased ? normal(C.filters, 3) : std::vector<double>{};
    depthwise::forward<C>(memory.x.read(), kernel.begin(), biased ? bias.data() : nullptr, memory.y.view, Place{});
    depthwise::input_gradient<C>(memory.dy.read(), kernel.begin(), memory.dx.view, Place{});
    if (biased) depthwise::weight_gradient<C>(memory.x.read(), memory.dy.read(), dkernel.begin());
    memory.expect_results(definition, bias);
  }
  expect_added(dkernel, definition.dkernel);
}

template <class K, Convolution C, Index groups>
void check_groups(Index images = 2) {
  using G = Grouped<K, groups>;
  const Definition<C, groups> definition(images, false);
  Guarded kernel = filled(definition.kernel), dkernel(kernel.size, 1, elsewhere),
          prepared(G::template prepared_size<C>, nothing, nothing_else),
          scratch(G::template scratch_size<C>, nothing, nothing_else);
  G::template prepare<C>(kernel.begin(), prepared.begin());
  CHECK(prepared.is_intact());
  double* const of_gradient = prepared.begin() + G::template gradient_offset<C>;
  for (const bool biased : {true, false}) {
    Memory<C, G::template input_border<C>, G::template gradient_border<C>> memory(definition);
    const std::vector<double> bias = biased ? normal(C.filters, 3) : std::vector<double>{};
    G::template forward<C>(memory.x.read(), {kernel.begin(), biased ? bias.data() : nullptr, prepared.begin()},
                           memory.y.view, scratch.begin(), Place{});
    G::template input_gradient<C>(memory.dy.read(), {kernel.begin(), nullptr, of_gradient}, memory.dx.view,
                                  scratch.begin(), Place{});
    if (biased) G::template weight_gradient<C>(memory.x.read(), memory.dy.read(), dkernel.begin(), scratch.begin());
    memory.expect_results(definition, bias);
  }
  expect_added(dkernel, definition.dkernel);
  CHECK(scratch.is_intact());
}

}  // namespace

TEST_CASE("depthwise: one kernel for each channel, and several") {
  check_depthwise<Convolution{{5, 3, 1, Padding::same}, {4, 2, 1, Padding::same}, 11, 11}>(3);
  check_depthwise<Convolution{{6, 2, 1, Padding::valid, 2}, {7, 3, 2, Padding::same}, 3, 3}>();
  check_depthwise<Convolution{{5, 1, 3, Padding::valid}, {7, 3, 2, Padding::same}, 2, 2}>();  // rows without a tap
  check_depthwise<Convolution{{5, 2, 1, Padding::same}, {7, 3, 1, Padding::valid, 2}, 3, 3}>();
  check_depthwise<Convolution{{5, 3, 2, Padding::same}, {4, 2, 1, Padding::same}, 3, 9}>();
  check_depthwise<Convolution{{5, 2, 1, Padding::same, 3}, {6, 2, 3, Padding::valid}, 2, 22}>();
}

TEST_CASE("groups: each part of the filters sees its part of the channels") {
  check_groups<Kernel<tiled>, Convolution{{5, 3, 2, Padding::same}, {4, 2, 1, Padding::same}, 6, 9}, 3>();
  check_groups<Kernel<winograd, tiled, winograd>,
               Convolution{{5, 3, 1, Padding::same}, {4, 3, 1, Padding::same}, 16, 8}, 2>(3);
  check_groups<Kernel<naive>, Convolution{{3, 2, 1, Padding::valid}, {4, 3, 1, Padding::same, 2}, 4, 2}, 2>();
}

TEST_CASE("groups: the sizes of a part, and that it fits") {
  constexpr Convolution whole{{5, 3, 1, Padding::same}, {4, 3, 1, Padding::same}, 6, 10},
      strided{{5, 3, 2, Padding::same}, {4, 3, 1, Padding::same}, 6, 10};
  CHECK((part_of(whole, 2).channels == 3 && part_of(whole, 2).filters == 5 && part_of(whole, 2).rows.input == 5));
  CHECK(Grouped<Kernel<winograd>, 2>::fits<whole>);
  CHECK_FALSE(Grouped<Kernel<winograd>, 2>::fits<strided>);
  CHECK(Grouped<Kernel<winograd>, 2>::forward_parts<whole> == 1);
  CHECK(std::is_same_v<InGroups<Kernel<tiled>, 1>, Kernel<tiled>>);
  CHECK(std::is_same_v<InGroups<Kernel<tiled>, 2>, Grouped<Kernel<tiled>, 2>>);
  using Half = ChannelsOf<Layout<Shape<2, 3, 6>>, 3>;
  CHECK((Half::channels == 3 && Half::pixel_step == 6 && !Half::contiguous &&
         std::is_same_v<Half::shape, Shape<2, 3, 3>>));
}
