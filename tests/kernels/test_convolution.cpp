// The arithmetic of windows against their definition; which rung a convolution gets, and the sizes that rungs ask for.
#include <doctest/doctest.h>

#include <array>
#include <latent/kernels/conv2d.hpp>
#include <latent/kernels/conv2d_naive.hpp>
#include <latent/kernels/conv2d_rung.hpp>
#include <latent/kernels/conv2d_winograd.hpp>
#include <latent/kernels/convolution.hpp>
#include <latent/kernels/matrix.hpp>
#include <set>
#include <utility>
#include <vector>

using namespace latent;
using namespace latent::kernels;

namespace {

using Pairs = std::set<std::pair<Index, Index>>;
/// The number of numbers o, ..., o + s, o + 2 s ... for which a window of k inputs lies within n.
Index windows_in(Index n, Index k, Index s) {
  Index count = 0;
  for (Index first = 0; first + k <= n; first += s) ++count;
  return count;
}
Index rounded_up(Index n, Index s) {
  Index count = 0;
  for (Index first = 0; first < n; first += s) ++count;
  return count;
}

void check_sizes(const kernels::Axis& axis, Padding padding) {
  const Index n = axis.input, k = (axis.kernel - 1) * axis.dilation + 1, s = axis.stride;
  CHECK(axis.window() == k);
  if (padding == Padding::valid) {
    CHECK(axis.output == windows_in(n, k, s));
    CHECK((axis.before == 0 && axis.after == 0));
  } else {
    CHECK(axis.output == rounded_up(n, s));
  }
  if (padding == Padding::causal) CHECK((axis.before == k - 1 && axis.after == 0));
  if (padding == Padding::same) {
    const Index missing = (axis.output - 1) * s + k - n;
    CHECK(axis.before + axis.after == (missing > 0 ? missing : 0));
    CHECK((axis.after - axis.before == 0 || axis.after - axis.before == 1));
  }
}

/// Whom an input meets, by the definition: outputs (there or not) and taps.
Pairs readers(const kernels::Axis& axis, Index input) {
  Pairs all;
  for (Index output = -99; output < 99; ++output)
    for (Index tap = 0; tap < axis.kernel; ++tap)
      if (output * axis.stride + tap * axis.dilation - axis.before == input) all.insert({output, tap});
  return all;
}

void check_readers(const kernels::Axis& axis) {
  for (Index o = 0; o < axis.output; ++o) {
    Index there = 0;
    for (Index tap = 0; tap < axis.kernel; ++tap) {
      const Index input = o * axis.stride + tap - axis.before;
      there += input >= 0 && input < axis.input;
    }
    CHECK(axis.real_taps(o) == there);
  }
  for (Index i = 0; i < axis.input; ++i) {
    std::vector<Index> expected, received;
    for (const auto& [output, tap] : readers(axis, i))
      if (output >= 0 && output < axis.output) expected.push_back(output);
    for (Index o = axis.first_reader(i); o <= axis.last_reader(i); ++o) received.push_back(o);
    CHECK(received == expected);
  }
}

/// What naive takes for the output whose tap reads an input; -1 if there is none.
struct Naive : naive {
  static void check_outputs(const kernels::Axis& axis) {
    for (Index i = 0; i < axis.input; ++i)
      for (Index tap = 0; tap < axis.kernel; ++tap) {
        Index expected = -1;
        for (Index o = 0; o < axis.output; ++o)
          if (o * axis.stride + tap * axis.dilation - axis.before == i) expected = o;
        CHECK(output(axis, i, tap) == expected);
      }
  }
};

void check_phases(const kernels::Axis& axis) {
  std::vector<Pairs> met(array_size(axis.input));
  std::vector<int> times(array_size(axis.input), 0);
  for (Index remainder = 0; remainder < axis.stride; ++remainder) {
    const kernels::Axis::Phase phase = axis.phase(remainder);
    for (Index t = 0; t < phase.count; ++t) {
      const Index input = phase.first + axis.stride * t;
      REQUIRE((input >= 0 && input < axis.input));
      ++times[array_size(input)];
      for (Index b = 0; b < phase.taps; ++b)
        met[array_size(input)].insert(
            {t + phase.start + b * axis.dilation, remainder + axis.stride * (phase.taps - 1 - b)});
    }
  }
  Index before = 0, after = 0;
  for (Index i = 0; i < axis.input; ++i) {
    CHECK(times[array_size(i)] == 1);
    CHECK(met[array_size(i)] == readers(axis, i));
    for (const auto& [output, tap] : readers(axis, i))
      before = std::max(before, -output), after = std::max(after, output - axis.output + 1);
  }
  CHECK(axis.gradient_before() == before);
  CHECK(axis.gradient_after() == after);
}

template <kernels::Axis rows, kernels::Axis columns>
void check_window() {
  for (Index o = 0; o < rows.output; ++o)
    for (Index p = 0; p < columns.output; ++p) {
      std::vector<std::pair<Index, Index>> expected, received;
      for (Index a = 0; a < rows.kernel; ++a)
        for (Index b = 0; b < columns.kernel; ++b) {
          const Index row = o * rows.stride + a - rows.before, column = p * columns.stride + b - columns.before;
          if (row >= 0 && row < rows.input && column >= 0 && column < columns.input) expected.emplace_back(row, column);
        }
      for_window<rows, columns>(o, p, [&](Index row, Index column) { received.emplace_back(row, column); });
      CHECK(received == expected);
    }
}

constexpr bool same(Border a, Border b) {
  return a.top == b.top && a.bottom == b.bottom && a.left == b.left && a.right == b.right;
}
template <class A, class B>
constexpr bool is = std::is_same_v<A, B>;

constexpr Index L = simd::lanes<float>, A = simd::accumulators;

/// Images of 8 x 8 pixels, or so, under 3 x 3 windows.
constexpr Convolution of(Index channels, Index filters, Index height = 8, Index width = 8) {
  return {{height, 3, 1, Padding::same}, {width, 3, 1, Padding::same}, channels, filters};
}

/// A rung that asks for other sizes in each pass, and writes its number where it prepares.
template <int number>
struct Asking : Rung {
  template <Convolution C>
  static constexpr bool fits = C.channels >= number;
  template <Convolution C>
  static constexpr Border input_border{.top = number, .left = 10 - number};
  template <Convolution C>
  static constexpr Border gradient_border{.bottom = number, .right = 10 - number};
  template <Convolution C>
  static constexpr Index forward_prepared = number;
  template <Convolution C>
  static constexpr Index gradient_prepared = 10 * number;
  template <Convolution C>
  static constexpr Index forward_parts = 100 * number;
  template <Convolution C>
  static constexpr Index scratch_size = 1000 * number;
  static void forward();
  static void input_gradient();
  static void weight_gradient();
  template <Convolution C, class Scalar>
  static void prepare_forward(const Scalar* kernel, Scalar* prepared) {
    std::fill_n(prepared, forward_prepared<C>, kernel[0] + number);
  }
  template <Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar* kernel, Scalar* prepared) {
    std::fill_n(prepared, gradient_prepared<C>, kernel[0] - number);
  }
};

/// The rows of a register tile for so many tiles of an image, found in another way: the largest of those that leave over
/// the fewest.
Index rows_for(Index tiles) {
  Index best = 0, fewest = 1000000;
  for (Index rows = A / 4; rows <= A / 2; ++rows)
    if (const Index left = (rows - tiles % rows) % rows; left <= fewest) best = rows, fewest = left;
  return best;
}

template <Index height, Index width>
void check_blocks(Index strips) {
  using B = points::Blocks<height, width>;
  CAPTURE(height);
  CAPTURE(width);
  CHECK(B::columns == rounded_up(width, 2));
  CHECK(B::strips_per_image == rounded_up(height, 2));
  CHECK(B::strips == strips);
  CHECK(B::P == rows_for(B::columns * B::strips_per_image));
  CHECK((B::tiles % B::P == 0 && B::tiles >= strips * B::columns && B::tiles < strips * B::columns + B::P));
  CHECK(B::template size<3, 5> == 16 * (B::tiles * 3 + 16 + B::tiles * 5 + 16));
}

}  // namespace

TEST_CASE("an axis: outputs, padding, who reads whom, and the phases of the input gradient") {
  for (Index n = 1; n <= 8; ++n)
    for (Index k = 1; k <= 4; ++k)
      for (Index s = 1; s <= 3; ++s)
        for (Index d = 1; d <= (s == 1 ? 3 : 1); ++d)
          for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
            if (padding == Padding::valid && n < (k - 1) * d + 1) continue;
            const kernels::Axis axis(n, k, s, padding, d);
            CAPTURE(n);
            CAPTURE(k);
            CAPTURE(s);
            CAPTURE(d);
            check_sizes(axis, padding);
            if (d == 1 && padding != Padding::causal) check_readers(axis);
            check_phases(axis);
            Naive::check_outputs(axis);
          }
}

TEST_CASE("the pixels of a window, row by row") {
  check_window<kernels::Axis(5, 3, 1, Padding::same), kernels::Axis(4, 2, 1, Padding::same)>();
  check_window<kernels::Axis(5, 2, 2, Padding::valid), kernels::Axis(4, 3, 2, Padding::same)>();
  check_window<kernels::Axis(5, 2, 2, Padding::valid), kernels::Axis(4, 3, 1, Padding::same)>();
  check_window<kernels::Axis(4, 3, 2, Padding::same), kernels::Axis(5, 2, 3, Padding::valid)>();
  check_window<kernels::Axis(3, 4, 1, Padding::causal), kernels::Axis(2, 2, 1, Padding::causal)>();
}

TEST_CASE("a convolution's sizes") {
  constexpr Convolution C{{9, 3, 2, Padding::same}, {8, 2, 1, Padding::same}, 4, 5};
  CHECK((C.taps() == 6 && C.patch() == 24 && C.pixels() == 5 * 8 && C.weights() == 120 && C.multiply_adds() == 4800));
  CHECK(same(C.input_border(), {.top = 1, .bottom = 1, .left = 0, .right = 1}));
  CHECK(same(C.gradient_border(), {.top = 0, .bottom = 0, .left = 1, .right = 0}));
  constexpr Convolution other{{5, 4, 1, Padding::valid}, {6, 2, 1, Padding::causal}, 1, 1};
  CHECK(same(other.gradient_border(), {.top = 3, .bottom = 3, .left = 0, .right = 1}));
}

TEST_CASE("what a rung need not say") {
  constexpr Convolution C = of(2, 3);
  CHECK((Rung::is_rung && Rung::fits<C> && Rung::forward_parts<C> == 1));
  CHECK((Rung::forward_prepared<C> == 0 && Rung::gradient_prepared<C> == 0 && Rung::scratch_size<C> == 0));
  CHECK((same(Rung::input_border<C>, {1, 1, 1, 1}) && same(Rung::gradient_border<C>, {1, 1, 1, 1})));
}

TEST_CASE("a part of the work: neighbouring pieces, of which each part has as many as the others, or one more") {
  CHECK((Part{}.begin(7) == 0 && Part{}.end(7) == 7));
  for (Index pieces = 0; pieces < 9; ++pieces)
    for (Index parts = 1; parts <= 5; ++parts) {
      Index next = 0;
      for (Index part = 0; part < parts; ++part) {
        const Part its{part, parts};
        CHECK(its.begin(pieces) == next);
        next = its.end(pieces);
        const Index count = next - its.begin(pieces);
        CHECK((count == pieces / parts || count == (pieces + parts - 1) / parts));
      }
      CHECK(next == pieces);
    }
}

TEST_CASE("a kernel of several rungs has room for all of them") {
  using K = Kernel<Asking<1>, Asking<2>, Asking<3>>;
  constexpr Convolution C = of(3, 1);
  CHECK((K::fits<C> && !K::fits<of(2, 1)> && !Kernel<Asking<3>, Asking<2>, Asking<1>>::fits<of(2, 1)> &&
         !Kernel<Asking<1>, Asking<3>, Asking<2>>::fits<of(2, 1)>));
  CHECK(same(K::input_border<C>, {.top = 3, .left = 9}));         // of the first and the third
  CHECK(same(K::gradient_border<C>, {.bottom = 3, .right = 8}));  // of the second and the third
  CHECK(same(Kernel<Asking<1>, Asking<4>>::input_border<of(4, 1)>, {.top = 1, .left = 9}));
  CHECK((K::scratch_size<C> == 3000 && Kernel<Asking<3>, Asking<2>, Asking<1>>::scratch_size<C> == 3000 &&
         Kernel<Asking<1>, Asking<3>, Asking<1>>::scratch_size<C> == 3000));
  CHECK((K::forward_parts<C> == 100 && K::gradient_offset<C> == 1 && K::prepared_size<C> == 21));
  const double kernel = 50;
  std::vector<double> prepared(22, 0.0), expected(22, 48.0);
  expected.front() = 51, expected.back() = 0;
  K::prepare<C>(&kernel, prepared.data());
  CHECK(prepared == expected);
}

TEST_CASE("the rung of a convolution without Winograd") {
  CHECK(is<FastestDirect<L, 1, 9, false, float>, few_filters>);
  CHECK(is<FastestDirect<L, 1, 9, true, float>, tiled>);
  CHECK(is<FastestDirect<1, L, 9, false, float>, few_weights>);
  CHECK(is<FastestDirect<1, L, 9, true, float>, few_weights>);
  CHECK(is<FastestDirect<1, L, 99, false, float>, tiled>);
  CHECK(is<FastestDirect<L, L, 9, false, float>, tiled>);

  // Each pass for itself; the taps of the input gradient are those that a stride leaves.
  constexpr auto conv = [](Index k, Index s, Index d, Index channels, Index filters) {
    return Convolution{{9, k, s, Padding::same, d}, {9, k, s, Padding::same, d}, channels, filters};
  };
  using First = Direct<conv(3, 1, 1, 1, L), float>;
  CHECK((is<First::Forward, few_weights> && is<First::InputGradient, few_filters> && is<First::WeightGradient, tiled>));
  using Last = Direct<conv(3, 1, 1, L, 1), float>;
  CHECK((is<Last::Forward, few_filters> && is<Last::InputGradient, few_weights> &&
         is<Last::WeightGradient, few_filters>));
  CHECK(is<Last::type, Kernel<few_filters, few_weights, few_filters>>);
  using Dilated = Direct<conv(3, 1, 2, L, 1), float>;
  CHECK((Dilated::dilated && is<Dilated::Forward, tiled> && is<Dilated::WeightGradient, tiled>));
  using Strided = Direct<conv(4, 2, 1, L, 2), float>;
  CHECK((!Strided::dilated && Strided::gradient_taps == 4));
  CHECK(Direct<Convolution{{9, 5, 2, Padding::same}, {9, 7, 3, Padding::same}, 1, 1}, float>::gradient_taps == 4);
  CHECK(Direct<Convolution{{9, 1, 2, Padding::same}, {9, 3, 1, Padding::same}, 1, 1}, float>::gradient_taps == 3);
  CHECK(Direct<Convolution{{9, 3, 1, Padding::same}, {9, 1, 3, Padding::same}, 1, 1}, float>::gradient_taps == 3);
  CHECK(Direct<Convolution{{9, 3, 1, Padding::same, 2}, {9, 3, 1, Padding::same}, 1, 1}, float>::dilated);
  CHECK(Direct<Convolution{{9, 3, 1, Padding::same}, {9, 3, 1, Padding::same, 2}, 1, 1}, float>::dilated);
}

TEST_CASE(
    "where Winograd wins: a register of channels, or half of one beside no more than two; no half tiles of few "
    "channels") {
  CHECK((winograd_wins<of(L, L), float> && winograd_wins<of(L, 9 * L), float> &&
         !winograd_wins<of(L - 1, 9 * L), float>));
  CHECK((winograd_wins<of(L / 2, L), float> && winograd_wins<of(2 * L - 1, L / 2), float> &&
         !winograd_wins<of(L / 2, 2 * L), float> && !winograd_wins<of(L / 2 - 1, L), float>));
  CHECK((!winograd_wins<of(L, L, 7, 8), float> && !winograd_wins<of(L, L, 8, 7), float>));
  CHECK((winograd_wins<of(L + 1, L + 1, 7, 8), float> && winograd_wins<of(L + 1, 2 * L, 8, 7), float>));
  CHECK(is<FastestKernel<of(L, L), float>, Kernel<winograd>>);
  CHECK(is<FastestKernel<of(L, L, 7, 7), float>, Kernel<tiled>>);
  constexpr auto fits = [](kernels::Axis rows, kernels::Axis columns) {
    return rows.kernel + columns.kernel > 0 ? Convolution{rows, columns, L, L} : of(1, 1);
  };
  constexpr kernels::Axis good(8, 3, 1, Padding::same), wide(8, 5, 1, Padding::same), strided(8, 3, 2, Padding::same),
      dilated(8, 3, 1, Padding::same, 2);
  CHECK(winograd::fits<fits(good, good)>);
  CHECK((!winograd::fits<fits(wide, good)> && !winograd::fits<fits(good, wide)>));
  CHECK((!winograd::fits<fits(strided, good)> && !winograd::fits<fits(good, strided)>));
  CHECK((!winograd::fits<fits(dilated, good)> && !winograd::fits<fits(good, dilated)>));
  CHECK(!winograd_wins<fits(strided, good), float>);
}

TEST_CASE("Winograd's blocks: about 100 tiles, in strips") {
  check_blocks<14, 14>(14);
  check_blocks<28, 27>(7);
  check_blocks<7, 8>(25);
  check_blocks<5, 1>(100);
  check_blocks<2, 220>(1);
  check_blocks<1, 200>(1);
  CHECK(points::plane(5) == 21);

  // Parts for several threads: strips, from a million multiply-adds on.
  CHECK(winograd::forward_parts<Convolution{{13, 3, 1, Padding::same}, {14, 3, 1, Padding::same}, 16, 40}> == 7);
  CHECK(winograd::forward_parts<Convolution{{13, 3, 1, Padding::same}, {14, 3, 1, Padding::same}, 16, 38}> == 1);
}

TEST_CASE("Winograd's borders reach to the end of the last tile, and its memory is that of the largest pass") {
  constexpr Convolution odd = of(4, 5, 7, 6), valid{{8, 3, 1, Padding::valid}, {7, 3, 1, Padding::valid}, 4, 5};
  CHECK(same(winograd::input_border<odd>, {.top = 1, .bottom = 2, .left = 1, .right = 1}));
  CHECK(same(winograd::gradient_border<odd>, {.top = 1, .bottom = 2, .left = 1, .right = 1}));
  CHECK(same(winograd::input_border<valid>, {.right = 1}));
  CHECK(same(winograd::gradient_border<valid>, {.top = 2, .bottom = 2, .left = 2, .right = 3}));
  CHECK((winograd::forward_prepared<odd> == 320 && winograd::gradient_prepared<odd> == 320));
  using B = points::Blocks<7, 6>;
  CHECK(winograd::scratch_size<odd> == B::size<4, 5> + 16 * 36);
  // Of images of 102 columns, one strip has 51 tiles; of the 100 columns of its result, two strips are taken.
  constexpr Convolution wide{{4, 3, 1, Padding::valid}, {102, 3, 1, Padding::valid}, 1, 1};
  CHECK(winograd::scratch_size<wide> == points::Blocks<2, 100>::size<1, 1> + 16 * 17);
  constexpr Convolution narrow{{4, 3, 1, Padding::valid}, {5, 3, 1, Padding::valid}, 1, 1};
  CHECK(winograd::scratch_size<narrow> ==
        std::max(points::Blocks<2, 3>::size<1, 1> + 16 * 17, points::Blocks<4, 5>::size<1, 1>));
}

TEST_CASE("matrix products: tiles of many rows, of four, of one; and sums of rows") {
  CHECK((most_rows(1023) == 4 && most_rows(1024) == A / 2));
  const auto check = []<Index C, Index F>(Index rows) {
    // Whole numbers: exact in any order. Behind the last row of y there is one that nobody writes.
    std::vector<float> x(array_size(rows * C)), w(C * F), packed(C * F), start(F), y(array_size((rows + 1) * F), -1),
        dw(C * F, 1), sums(F, 1);
    const auto fill = [](std::vector<float>& v, std::size_t m) {
      for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(i * m % 7) - 3;
    };
    fill(x, 3), fill(w, 5), fill(start, 2);
    pack_weights<C, F>(1, [&](Index, Index c, Index f) { return w[array_size(c * F + f)]; }, packed.data());
    matrix_product<C, F>(x.data(), packed.data(), start.data(), y.data(), rows);
    const std::vector<float> product(y.begin(), y.end() - F);
    matrix_gradient<C, F>(x.data(), y.data(), dw.data(), rows);
    sum_rows<F>(y.data(), sums.data(), rows);
    std::vector<float> right(product.size()), right_dw(C * F, 1), right_sums(F, 1);
    for (Index r = 0; r < rows; ++r)
      for (Index f = 0; f < F; ++f) {
        float& sum = right[array_size(r * F + f)] = start[array_size(f)];
        for (Index c = 0; c < C; ++c) sum += x[array_size(r * C + c)] * w[array_size(c * F + f)];
        for (Index c = 0; c < C; ++c) right_dw[array_size(c * F + f)] += x[array_size(r * C + c)] * sum;
        right_sums[array_size(f)] += sum;
      }
    CAPTURE(rows);
    CHECK(product == right);
    CHECK(std::vector<float>(y.end() - F, y.end()) == std::vector<float>(F, -1));
    CHECK(dw == right_dw);
    CHECK(sums == right_sums);
  };
  for (const Index rows : {1, 3, 4, 7, 9}) check.operator()<5, 3>(rows);
  // Four rows are added in pairs: where 1 is less than a digit of 1e8, both are lost.
  const float four[] = {1e8f, 1, -1e8f, 1};
  float sum = 0;
  sum_rows<1>(four, &sum, 4);
  CHECK(sum == 0);
  for (const Index rows : {1, 6, 29}) check.operator()<64, 2 * L>(rows);
  check.operator()<L, 1>(6);
}
