#include "random_batch.hpp"

using namespace latent;

TEST_CASE("Permute: gradients") {
  expect_right_gradients<Input<2, 3, 5>, Permute<3, 1, 2>>();
  expect_right_gradients<Input<2, 3, 5>, Permute<3, 2, 1>>();
  expect_right_gradients<Input<4, 5>, Permute<2, 1>>();
  expect_right_gradients<Input<5>, Permute<1>>();
  expect_right_gradients<Input<4, 3, 2>, Conv2D<3, 3, Same, Sigmoid>, Permute<2, 3, 1>, Conv2D<2, 3, Same>>();
}

TEST_CASE("Permute: axis k of the output is axis dims[k] of the input") {
  const Sequential<Input<2, 3, 4>, Permute<3, 1, 2>> layer;
  CHECK(std::is_same_v<decltype(layer)::output_shape, Shape<4, 2, 3>>);
  const auto x = random_batch<decltype(layer)>(2);
  const auto y = layer.predict(x);
  for (Index n = 0; n < 2; ++n)
    for (Index row = 0; row < 2; ++row)
      for (Index column = 0; column < 3; ++column)
        for (Index c = 0; c < 4; ++c) REQUIRE(y(n, c, row, column) == x(n, row, column, c));
  const Sequential<Input<2, 3>, Permute<2, 1>> rows;
  const auto a = random_batch<decltype(rows)>(2);
  const auto b = rows.predict(a);
  for (Index n = 0; n < 2; ++n)
    for (Index i = 0; i < 2; ++i)
      for (Index j = 0; j < 3; ++j) REQUIRE(b(n, j, i) == a(n, i, j));
}

TEST_CASE("Permute: each axis once") {
  CHECK((Permute<1>::has_every_axis() && Permute<2, 1>::has_every_axis() && Permute<3, 1, 2>::has_every_axis()));
  using Numbers = std::vector<int>;
  CHECK((detail::are_all_axes(Numbers{1}) && detail::are_all_axes(Numbers{2, 3, 1})));
  for (const Numbers& wrong : {Numbers{}, Numbers{0}, Numbers{0, 2}, Numbers{1, 0}, Numbers{1, 1}, Numbers{1, 3, 2, 2}})
    CHECK(!detail::are_all_axes(wrong));
  CHECK(Permute<3, 1, 2>::rank == 3);
  CHECK(std::is_void_v<Permute<2, 1>::complaint<Shape<4, 5>>>);
  CHECK(!std::is_void_v<Permute<2, 1>::complaint<Shape<4, 5, 6>>>);
}
