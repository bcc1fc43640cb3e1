#include <doctest/doctest.h>

#include <vector>

#include "latent/kernels/elementwise.hpp"

using namespace latent;
using namespace latent::kernels;

namespace {

double last_number = -99;
/// Images of one layout in memory full of a number that no other images have.
template <class L>
struct Images {
  double beside = --last_number;
  std::vector<double> memory;
  View<double, L> view;
  explicit Images(Index samples)
      : memory(static_cast<std::size_t>((samples + 1) * L::size), beside), view(memory.data(), samples) {}
  /// Whether nobody has written around the images.
  bool is_intact() {
    const std::vector<double> kept = memory;
    each([&](double& v, Index, Index, Index, Index) { v = beside; });
    const bool intact = memory == std::vector<double>(memory.size(), beside);
    std::copy(kept.begin(), kept.end(), memory.begin());
    return intact;
  }

  /// 1, 2, 3 ... in order.
  void count() {
    double next = 0;
    each([&](double& v, Index, Index, Index, Index) { v = ++next; });
  }
  template <class Visit>
  void each(const Visit& visit) const {
    for (Index n = 0; n < view.samples; ++n)
      for (Index row = 0; row < L::height; ++row)
        for (Index column = 0; column < L::width; ++column)
          for (Index c = 0; c < L::channels; ++c) visit(view.pixel(n, row, column)[c], n, row, column, c);
  }
};

template <class From, class To>
void check_copy() {
  Images<From> from(3);
  Images<To> to(3);
  from.count();
  copy_in_order<double>(View<const double, From>(from.view), to.view);
  double next = 0;
  bool in_order = true;
  to.each([&](double v, Index, Index, Index, Index) { in_order = in_order && v == ++next; });
  CHECK(in_order);
  CHECK(to.is_intact());
}

template <class L>
void check_sum() {
  Images<L> images(2);
  images.count();
  std::vector<double> sums(static_cast<std::size_t>(L::channels), 0.5), expected(sums);
  images.each([&](double v, Index n, Index, Index, Index c) {
    if (n == 1) expected[static_cast<std::size_t>(c)] += v;
  });
  sum_pixels<double>(View<const double, L>(images.view), 1, sums.data());
  CHECK(sums == expected);
}

}  // namespace

TEST_CASE("numbers are copied in order, whatever the shapes and borders") {
  constexpr Border border{1, 2, 3, 1};
  check_copy<Layout<Shape<4, 6, 2>>, Layout<Shape<48>>>();
  check_copy<Layout<Shape<4, 6, 2>, border>, Layout<Shape<48>>>();
  check_copy<Layout<Shape<48>>, Layout<Shape<6, 2, 4>, border>>();
  check_copy<Layout<Shape<4, 6, 2>, border>, Layout<Shape<2, 3, 8>, border>>();
  check_copy<Layout<Shape<4, 3, 2>, border>, Layout<Shape<2, 12, 1>, border>>();
  check_copy<Layout<Shape<3, 10, 1>>, Layout<Shape<5, 2, 3>, border>>();
  check_copy<Layout<Shape<5, 3, 2>, border>, Layout<Shape<3, 5, 2>>>();
  check_copy<Layout<Shape<2, 7, 1>>, Layout<Shape<7, 2, 1>, border>>();
}

TEST_CASE("an image is cut out of a larger one, and put into one of zeros") {
  constexpr Border border{1, 2, 0, 1};
  using Large = Layout<Shape<6, 7, 3>, border>;
  using Small = Layout<Shape<3, 4, 3>, border>;
  Images<Large> large(2), padded(2);
  Images<Small> small(2);
  large.count();
  crop<double>(View<const double, Large>(large.view), small.view, 2, 1);
  bool right = true;
  small.each([&](double v, Index n, Index row, Index column, Index c) {
    right = right && v == large.view.pixel(n, row + 2, column + 1)[c];
  });
  CHECK((right && small.is_intact()));
  pad<double>(View<const double, Small>(small.view), padded.view, 2, 1);
  padded.each([&](double v, Index n, Index row, Index column, Index c) {
    const bool inside = row >= 2 && row < 5 && column >= 1 && column < 5;
    right = right && v == (inside ? large.view.pixel(n, row, column)[c] : 0);
  });
  CHECK((right && padded.is_intact()));
}

TEST_CASE("for_runs: all pixels at once where no view has a border, else row by row") {
  const auto runs = []<class A, class B>(Images<A>& a, Images<B>& b) {
    std::vector<Index> all;  // where a run begins in both, and how many pixels it has
    for_runs([&](const double* of_a, const double* of_b,
                 Index pixels) { all.insert(all.end(), {of_a - a.view.data, of_b - b.view.data, pixels}); },
             a.view, b.view);
    return all;
  };
  Images<Layout<Shape<2, 3, 4>>> a(2);
  Images<Layout<Shape<2, 3, 1>>> b(2);
  Images<Layout<Shape<2, 3, 1>, Border{1, 0, 0, 2}>> c(2);
  CHECK(runs(a, b) == std::vector<Index>{0, 0, 12});
  CHECK(runs(a, c) == std::vector<Index>{0, 5, 3, 12, 10, 3, 24, 20, 3, 36, 25, 3});
  CHECK(runs(c, b) == std::vector<Index>{5, 0, 3, 10, 3, 3, 20, 6, 3, 25, 9, 3});
}

TEST_CASE("for_vectors: every vector of channels of every pixel, in order") {
  std::vector<Index> visited, expected;
  for_vectors<double, Shape<2, 3, 5>>([&]<int L>(Index row, Index column, Index c) {
    for (Index i = c; i < c + L; ++i) visited.insert(visited.end(), {row, column, i});
  });
  for (Index row = 0; row < 2; ++row)
    for (Index column = 0; column < 3; ++column)
      for (Index c = 0; c < 5; ++c) expected.insert(expected.end(), {row, column, c});
  CHECK(visited == expected);
}

TEST_CASE("the sums of channels: rows of four pixels, and what is left over") {
  check_sum<Layout<Shape<3, 4, 1>>>();
  check_sum<Layout<Shape<3, 7, 5>, Border{1, 1, 1, 1}>>();
  check_sum<Layout<Shape<2, 3, 17>>>();
  check_sum<Layout<Shape<1, 1, 8>>>();
  check_sum<Layout<Shape<2, 9, 2>>>();
  // What is left over joins the first sum: 1 alone would be lost beside 1e16.
  double row[] = {1, 1e16, 0, 0, 1}, sum = 0;
  sum_pixels<double>(View<const double, Layout<Shape<1, 5, 1>>>(row, 1), 0, &sum);
  CHECK(sum == 1e16 + 2);
}

TEST_CASE("a tensor along some axes of an image") {
  using L = Layout<Shape<3, 4, 5>>;
  CHECK(Along<L, true, true, true>::size == 60);
  CHECK(Along<L, true, false, false>::size == 3);
  CHECK(Along<L, false, true, false>::size == 4);
  CHECK(Along<L, false, false, true>::size == 5);
  CHECK(Along<L, true, true, false>::position(2, 3, 4) == 11);
  CHECK(Along<L, true, false, true>::position(2, 3, 4) == 14);
  CHECK(Along<L, false, true, true>::position(2, 3, 4) == 19);
  CHECK(Along<L, true, true, true>::position(2, 3, 4) == 59);
  std::vector<double> entries{1, 2, 3, 4, 5};
  Along<L, false, false, true>::add<4>(entries.data(), 2, 3, 1, simd::Vec<double, 4>{1, 1, 1, 1});
  CHECK(entries == std::vector<double>{1, 3, 4, 5, 6});
  Along<L, false, true, false>::add<4>(entries.data(), 2, 3, 1, simd::Vec<double, 4>{1, 2, 3, 4});
  CHECK(entries == std::vector<double>{1, 3, 4, 15, 6});
  CHECK(Along<L, false, true, false>::load<4>(entries.data(), 1, 2, 0)[3] == 4);
  CHECK(Along<L, false, false, true>::load<4>(entries.data(), 1, 2, 1)[2] == 15);
}
