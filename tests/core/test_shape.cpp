#include <doctest/doctest.h>

#include "latent/core/check_shape.hpp"
#include "latent/core/shape.hpp"

using namespace latent;

namespace {
template <class A, class B>
constexpr bool same = std::is_same_v<A, B>;
constexpr bool operator==(Border a, Border b) {
  return a.top == b.top && a.bottom == b.bottom && a.left == b.left && a.right == b.right;
}
}  // namespace

TEST_CASE("every shape is an image, too") {
  using Image = Shape<4, 5, 6>;
  CHECK((Image::rank == 3 && Image::size == 120));
  CHECK((Image::height == 4 && Image::width == 5 && Image::channels == 6));
  using Sequence = Shape<5, 6>;
  CHECK((Sequence::rank == 2 && Sequence::size == 30));
  CHECK((Sequence::height == 1 && Sequence::width == 5 && Sequence::channels == 6));
  using Row = Shape<6>;
  CHECK((Row::rank == 1 && Row::size == 6));
  CHECK((Row::height == 1 && Row::width == 1 && Row::channels == 6));
  CHECK((Shape<>::rank == 0 && Shape<>::size == 1));
}

TEST_CASE("the last axis left out, or replaced") {
  CHECK(same<WithoutLast<Shape<4, 5, 6>>, Shape<4, 5>>);
  CHECK(same<WithoutLast<Shape<5, 6>>, Shape<5>>);
  CHECK(same<WithoutLast<Shape<6>>, Shape<>>);
  CHECK(same<WithLast<Shape<4, 5, 6>, 2>, Shape<4, 5, 2>>);
  CHECK(same<WithLast<Shape<5, 6>, 2>, Shape<5, 2>>);
  CHECK(same<WithLast<Shape<6>, 2>, Shape<2>>);
}

TEST_CASE("borders: the sum, and the smallest that holds both") {
  constexpr Border a{.top = 1, .bottom = 5, .left = 3}, b{.top = 2, .bottom = 4, .left = 2, .right = 7};
  CHECK(Border{} == Border{0, 0, 0, 0});
  CHECK(a + b == Border{.top = 3, .bottom = 9, .left = 5, .right = 7});
  CHECK(larger(a, b) == Border{.top = 2, .bottom = 5, .left = 3, .right = 7});
}

TEST_CASE("a layout: where pixels lie, border and all") {
  using Inside = Layout<Shape<2, 4, 3>, Border{.top = 1, .bottom = 2, .left = 1, .right = 5}>;
  CHECK(Inside::pixel_step == 3);
  CHECK(Inside::row_step == (1 + 4 + 5) * 3);
  CHECK(Inside::origin == (10 + 1) * 3);
  CHECK(Inside::size == (1 + 2 + 2) * 30);
  CHECK_FALSE(Inside::contiguous);
  CHECK(Layout<Shape<2, 4, 3>>::contiguous);
  CHECK(Layout<Shape<2, 4, 3>>::origin == 0);

  double memory[300];
  const View<double, Inside> view(memory, 2);
  CHECK(view.sample(1) == memory + 150 + 33);
  CHECK(view.pixel(1, 0, 0) == view.sample(1));
  CHECK(view.pixel(1, 1, 3) == memory + 150 + 2 * 30 + 4 * 3);
  const View<const double, Inside> reader = view;
  CHECK(reader.pixel(0, 1, 1) == view.pixel(0, 1, 1));
  CHECK(reader.samples == 2);
}

TEST_CASE("shapes are printed as Python does") {
  CHECK(shape_text(std::vector<Index>{3, 3, 1, 32}) == "(3, 3, 1, 32)");
  CHECK(shape_text(std::vector<Index>{7}) == "(7,)");
  CHECK(shape_text(std::vector<Index>{}) == "()");
}

TEST_CASE("a batch of another shape, or of nothing, is refused in words") {
  const std::vector<Index> expected{4, 5, 1};
  for (const Index count : {1, 2}) CHECK_NOTHROW(check_shape(Tensor<4>(count, 4, 5, 1), expected, "predict"));
  CHECK_THROWS_WITH_AS(check_shape(Tensor<4>(2, 5, 4, 1), expected, "predict"),
                       "predict: expected at least 1 sample of shape (4, 5, 1), received 2 of shape (5, 4, 1)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_shape(Tensor<4>(0, 4, 5, 1), expected, "predict"),
                       "predict: expected at least 1 sample of shape (4, 5, 1), received 0 of shape (4, 5, 1)",
                       std::invalid_argument);
  CHECK_THROWS_AS(check_shape(Tensor<2>(2, 20), expected, "predict"), std::invalid_argument);
}
