#include "random_batch.hpp"

using namespace latent;

TEST_CASE("GroupNormalization: gradients") {
  expect_right_gradients<Input<3, 2, 32>, GroupNormalization<>>(1);
  expect_right_gradients<Input<3, 4, 6>, GroupNormalization<3>>();
  expect_right_gradients<Input<4, 3, 6>, GroupNormalization<1, Epsilon<0.1>>>();
  expect_right_gradients<Input<4, 5, 3>, GroupNormalization<-1>>();
  expect_right_gradients<Input<2, 3, 34>, GroupNormalization<2, NoCenter>>();
  expect_right_gradients<Input<4, 3, 6>, GroupNormalization<2, NoScale>>();
  expect_right_gradients<Input<5, 6>, GroupNormalization<2, NoCenter, NoScale>>();
  expect_right_gradients<Input<12>, GroupNormalization<3>>(3);
}

TEST_CASE("GroupNormalization: between layers that want borders, and undoing their activations") {
  expect_right_gradients<Input<4, 5, 2>, Conv2D<4, 3, Same, Sigmoid>, GroupNormalization<2>, Conv2D<6, 3, Same, GELU>,
                         GroupNormalization<3>, Conv2D<2, 3, Same>, Flatten, Dense<3>>();
}

TEST_CASE("GroupNormalization: mean 0 and variance 1 of each sample's groups, at first") {
  const Model<double, Input<4, 5, 6>, GroupNormalization<2, Epsilon<1e-12>>> layer;
  const auto y = layer.predict(random_batch<decltype(layer)>(2));
  for (Index n = 0; n < 2; ++n)
    for (Index group = 0; group < 2; ++group) {
      double sum = 0, squares = 0;
      for (Index row = 0; row < 4; ++row)
        for (Index column = 0; column < 5; ++column)
          for (Index c = 3 * group; c < 3 * group + 3; ++c)
            sum += y(n, row, column, c), squares += y(n, row, column, c) * y(n, row, column, c);
      CHECK(std::abs(sum / 60) < 1e-14);
      CHECK(std::abs(squares / 60 - 1) < 1e-10);
    }
}

TEST_CASE("GroupNormalization: one group is a LayerNormalization over all axes, with a factor for each channel") {
  const Model<double, Input<4, 5, 6>, GroupNormalization<1>> group;
  const Model<double, Input<4, 5, 6>, LayerNormalization<Axes<1, 2, 3>>> layer;
  const auto x = random_batch<decltype(group)>(2);
  const auto a = group.predict(x), b = layer.predict(x);
  for (Index i = 0; i < a.size(); ++i) REQUIRE(std::abs(a.data()[i] - b.data()[i]) < 1e-13);
}

TEST_CASE("GroupNormalization: a factor and a shift for each channel, and only those that are asked for") {
  const auto names = [](const auto& model) {
    std::string all;
    for (const auto& p : model.parameters()) all += p.name + shape_text(p.shape);
    return all;
  };
  CHECK(names(Sequential<Input<3, 4, 6>, GroupNormalization<2>>()) ==
        "group_normalization/gamma(6,)group_normalization/beta(6,)");
  CHECK(names(Sequential<Input<3, 4, 6>, GroupNormalization<2, NoScale>>()) == "group_normalization/beta(6,)");
  CHECK(names(Sequential<Input<3, 4, 6>, GroupNormalization<2, NoCenter, NoScale>>()) == "");
  Model<double, Input<2>, GroupNormalization<1, Epsilon<1>>> model;
  model.parameters()[0].data[1] = 3, model.parameters()[1].data[0] = 10;
  Tensor<2, double> x(1, 2);
  x.setValues({{-1, 1}});  // mean 0, variance 1, and epsilon 1
  CHECK(model.predict(x)(0, 0) == doctest::Approx(10 - 1 / std::sqrt(2.0)));
  CHECK(model.predict(x)(0, 1) == doctest::Approx(3 / std::sqrt(2.0)));
}

TEST_CASE("GroupNormalization: far from 0 the variance keeps its digits") {
  const Sequential<Input<4, 4, 8>, GroupNormalization<2>> layer;
  Tensor<4> x = random_batch<decltype(layer)>(1), shifted = x + x.constant(4096);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = shifted.data()[i] - 4096;  // the same, rounded alike
  const auto near = layer.predict(x), far = layer.predict(shifted);
  for (Index i = 0; i < x.size(); ++i) CHECK(std::abs(near.data()[i] - far.data()[i]) < 2e-3f);
}

namespace {
template <class L, class S>
constexpr bool fits = std::is_void_v<typename L::template complaint<S>>;
}  // namespace

TEST_CASE("GroupNormalization: channels that make that many equal groups") {
  CHECK((fits<GroupNormalization<3>, Shape<4, 6>> && !fits<GroupNormalization<4>, Shape<4, 6>>));
  CHECK((fits<GroupNormalization<-1>, Shape<5>> && fits<GroupNormalization<1>, Shape<5>>));
  CHECK((GroupNormalization<1>::has_groups && GroupNormalization<-1>::has_groups && GroupNormalization<>::has_groups));
  using On = GroupNormalization<2>::On<Shape<3, 4, 6>, double>;
  CHECK((On::group == 3 && On::share == 1.0 / 36 && On::scratch_size == 24));
  CHECK((GroupNormalization<-1>::On<Shape<3, 4, 6>, double>::group == 1 && GroupNormalization<>::epsilon == 1e-3));
}
