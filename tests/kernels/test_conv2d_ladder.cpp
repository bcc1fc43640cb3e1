// The ladder on the shapes of the course's networks, and in models.
#include "kernels/ladder.hpp"

using namespace latent;
using namespace ladder;

TEST_CASE("every rung computes the convolution of its definition: course shapes") {
  climb<square(28, 3, 1, 16, Padding::same), float, double>(2);
  climb<square(28, 3, 16, 1, Padding::same), float, double>(2);
  climb<square(14, 3, 16, 16, Padding::same), double>(3);
  climb<square(14, 3, 32, 64, Padding::same), float>(3);
  climb<square(7, 3, 64, 64, Padding::same), float>(9);
  climb<square(14, 3, 32, 64, Padding::same, 2), float>(2);
}

namespace {
template <class K>
using OnRung = Model<double, Input<6, 5, 3>, Conv2D<4, 3, Same, ReLU, K>, Conv2DTranspose<3, 3, Same, Tanh, K>,
                     Conv2D<2, 3, Valid, Sigmoid, K>>;
}  // namespace

TEST_CASE("a model computes the same on every rung") {
  using Kernels =
      std::tuple<Kernel<naive>, Kernel<im2col>, Kernel<tiled>, Kernel<few_filters>, Kernel<few_weights>,
                 Kernel<winograd>, Kernel<winograd, im2col, tiled>, Kernel<few_weights, winograd, few_filters>>;
  OnRung<Kernel<naive>> reference{Seed{1}};
  const auto x = normal<double>(3, 6, 5, 3, 0), dy = normal<double>(3, 4, 3, 2, 1);
  const auto expected = reference.backward(x, dy);
  std::apply(
      [&](auto... kernel) {
        const auto check_rung = [&]<class K>(K) {
          OnRung<K> model{Seed{1}};
          CHECK(error(model.predict(x), reference.predict(x)) < 1e-14);
          const auto got = model.backward(x, dy);
          CHECK(error(got.dx, expected.dx) < 1e-13);
          for (const auto& [name, values] : expected.parameters)
            for (std::size_t i = 0; i < values.size(); ++i)
              CHECK(got[name][i] == doctest::Approx(values[i]).epsilon(1e-11));
        };
        (check_rung(kernel), ...);
      },
      Kernels{});
}
