#include "random_batch.hpp"

using namespace latent;

TEST_CASE("LayerNormalization: gradients, over one axis and several") {
  expect_right_gradients<Input<7>, LayerNormalization<>>(3);
  expect_right_gradients<Input<40>, LayerNormalization<Epsilon<0.1>>>();
  expect_right_gradients<Input<3, 17>, LayerNormalization<NoCenter>>();
  expect_right_gradients<Input<3, 4, 5>, LayerNormalization<>>();
  expect_right_gradients<Input<3, 4, 5>, LayerNormalization<Axes<1, 2, 3>>>();
  expect_right_gradients<Input<3, 4, 17>, LayerNormalization<Axes<1, 2>, NoScale>>();
  expect_right_gradients<Input<3, 4, 5>, LayerNormalization<Axes<-1, 1>>>();
  expect_right_gradients<Input<3, 4, 5>, LayerNormalization<Axes<2>, NoCenter, NoScale>>();
  expect_right_gradients<Input<3, 5>, LayerNormalization<Axes<1>>>();
}

TEST_CASE("LayerNormalization: in a chain, between layers that want borders") {
  expect_right_gradients<Input<4, 4, 2>, Conv2D<3, 3, Same, Sigmoid>, LayerNormalization<>, Conv2D<2, 3, Same, GELU>,
                         LayerNormalization<Axes<1, 2, 3>>, Flatten, Dense<3>>();
}

TEST_CASE("LayerNormalization: mean 0 and variance 1 of each group, at first") {
  const Model<double, Input<4, 5, 6>, LayerNormalization<Axes<1, 3>, Epsilon<1e-12>>> layer;
  const auto y = layer.predict(random_batch<decltype(layer)>(2));
  for (Index n = 0; n < 2; ++n)
    for (Index column = 0; column < 5; ++column) {
      double sum = 0, squares = 0;
      for (Index row = 0; row < 4; ++row)
        for (Index c = 0; c < 6; ++c)
          sum += y(n, row, column, c), squares += y(n, row, column, c) * y(n, row, column, c);
      CHECK(std::abs(sum / 24) < 1e-14);
      CHECK(std::abs(squares / 24 - 1) < 1e-10);
    }
}

TEST_CASE("LayerNormalization: parameters have the normalised axes, and only those that are asked for") {
  const auto names = [](const auto& model) {
    std::string all;
    for (const auto& p : model.parameters()) all += p.name.substr(p.name.find('/') + 1) + shape_text(p.shape);
    return all;
  };
  CHECK(names(Sequential<Input<3, 4, 5>, LayerNormalization<>>()) == "gamma(5,)beta(5,)");
  CHECK(names(Sequential<Input<3, 4, 5>, LayerNormalization<Axes<1, 3>>>()) == "gamma(3, 5)beta(3, 5)");
  CHECK(names(Sequential<Input<3, 4, 5>, LayerNormalization<NoScale>>()) == "beta(5,)");
  CHECK(names(Sequential<Input<3, 4, 5>, LayerNormalization<NoCenter, NoScale>>()) == "");
  const Sequential<Input<3>, LayerNormalization<>> model;
  CHECK(model.parameters()[0].data[2] == 1);
  CHECK(model.parameters()[1].data[2] == 0);
}

TEST_CASE("LayerNormalization: far from 0 the variance keeps its digits") {
  const Sequential<Input<64>, LayerNormalization<>> layer;
  Tensor<2> x = random_batch<decltype(layer)>(1), shifted = x + x.constant(4096);
  for (Index i = 0; i < 64; ++i) x.data()[i] = shifted.data()[i] - 4096;  // the same, rounded alike
  const auto near = layer.predict(x), far = layer.predict(shifted);
  for (Index i = 0; i < 64; ++i) CHECK(std::abs(near(0, i) - far(0, i)) < 2e-3f);
}

namespace {
template <class L, class S>
constexpr bool fits = std::is_void_v<typename L::template complaint<S>>;
}  // namespace

TEST_CASE("LayerNormalization: axes that an input has, counted from either end") {
  using S = Shape<3, 4, 5>;
  CHECK((fits<LayerNormalization<Axes<3>>, S> && !fits<LayerNormalization<Axes<4>>, S>));
  CHECK((fits<LayerNormalization<Axes<-3>>, S> && !fits<LayerNormalization<Axes<-4>>, S>));
  CHECK((!fits<LayerNormalization<Axes<0>>, S> && !fits<LayerNormalization<Axes<1, 2>>, Shape<5>>));
  using L = LayerNormalization<Axes<-1, 1>>;
  CHECK((L::normalises(1, 3) && !L::normalises(2, 3) && L::normalises(3, 3)));
  using On = L::On<S, double>;
  CHECK((On::over_rows && !On::over_columns && On::over_channels && On::scratch_size == 4 * 4));
  CHECK(LayerNormalization<>::epsilon == 1e-3);
  using Row = LayerNormalization<Axes<1>>::On<Shape<4, 5>, double>;
  CHECK((!Row::over_rows && Row::over_columns && !Row::over_channels && Row::scratch_size == 4 * 5));
}
