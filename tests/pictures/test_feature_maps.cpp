#include <doctest/doctest.h>

#include <vector>

#include "latent/pictures/feature_maps.hpp"

using namespace latent;
using namespace latent::pictures;

namespace {

/// (2, 2, 3, 4) whose values tell image, row, column and channel in their digits.
Tensor<4> maps() {
  Tensor<4> maps(2, 2, 3, 4);
  for (Index n = 0; n < 2; ++n)
    for (Index y = 0; y < 2; ++y)
      for (Index x = 0; x < 3; ++x)
        for (Index c = 0; c < 4; ++c) maps(n, y, x, c) = static_cast<float>(1000 * n + 100 * y + 10 * x + c);
  return maps;
}

}  // namespace

TEST_CASE("channels become images") {
  const Tensor<4> images = channels_as_images(maps());
  CHECK(images.dimensions() == Tensor<4>(8, 2, 3, 1).dimensions());
  for (Index i = 0; i < 8; ++i)
    for (Index y = 0; y < 2; ++y)
      for (Index x = 0; x < 3; ++x)
        CHECK(images(i, y, x, 0) == static_cast<float>(1000 * (i / 4) + 100 * y + 10 * x + i % 4));
}

TEST_CASE("channels stand side by side") {
  const Tensor<4> images = channels_side_by_side(maps(), 2);
  CHECK(images.dimensions() == Tensor<4>(2, 4, 6, 1).dimensions());
  // The second channel is to the right of the first, the third below it.
  for (Index n = 0; n < 2; ++n)
    for (Index y = 0; y < 4; ++y)
      for (Index x = 0; x < 6; ++x)
        CHECK(images(n, y, x, 0) == static_cast<float>(1000 * n + 100 * (y % 2) + 10 * (x % 3) + 2 * (y / 2) + x / 3));
  CHECK(channels_side_by_side(maps(), 4).dimensions() == Tensor<4>(2, 2, 12, 1).dimensions());
  CHECK(channels_side_by_side(maps(), 1).dimensions() == Tensor<4>(2, 8, 3, 1).dimensions());
  CHECK(channels_side_by_side(Tensor<4>(5, 2, 3, 4), 2).dimensions() == Tensor<4>(5, 4, 6, 1).dimensions());
  CHECK_THROWS_WITH_AS(channels_side_by_side(maps(), 0), doctest::Contains("divisor of 4 channels, received 0"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(channels_side_by_side(maps(), 3), doctest::Contains("divisor of 4 channels, received 3"),
                       std::invalid_argument);
}

TEST_CASE("images of one pixel become black, also small differences black and white") {
  Tensor<4> single(2, 1, 1, 1), small(1, 1, 2, 1);
  single.setConstant(0.5f);
  small.setValues({{{{0.25f}, {0.75f}}}});
  CHECK(stretched(single)(1, 0, 0, 0) == 0);
  CHECK(stretched(small)(0, 0, 0, 0) == 0);
  CHECK(stretched(small)(0, 0, 1, 0) == 1);
}

TEST_CASE("what is not finite does not count for what is stretched") {
  const float nan = NAN, inf = INFINITY;
  Tensor<4> images(3, 1, 4, 1);
  images.setValues({{{{nan}, {1}, {2}, {3}}}, {{{1}, {nan}, {2}, {3}}}, {{{1}, {inf}, {3}, {-inf}}}});
  const Tensor<4> out = stretched(images);
  const float expected[] = {nan, 0, 0.5f, 1, 0, nan, 0.5f, 1, 0, 1, 1, 0};
  for (Index i = 0; i < 12; ++i)
    CHECK((std::isnan(expected[i]) ? std::isnan(out.data()[i]) : out.data()[i] == expected[i]));
}

TEST_CASE("each image is stretched on its own") {
  Tensor<4> images(2, 1, 3, 1);
  images.setValues({{{{-2.0f}, {0.0f}, {2.0f}}}, {{{5.0f}, {5.0f}, {5.0f}}}});
  const Tensor<4> result = stretched(images);
  CHECK(result(0, 0, 0, 0) == 0);
  CHECK(result(0, 0, 1, 0) == 0.5f);
  CHECK(result(0, 0, 2, 0) == 1);
  for (Index x = 0; x < 3; ++x) CHECK(result(1, 0, x, 0) == 0);
  CHECK(stretched(Tensor<4>(2, 0, 3, 1)).size() == 0);
  Tensor<4> single(1, 1, 2, 1);
  single.setValues({{{{7.0f}, {5.0f}}}});
  CHECK(stretched(single)(0, 0, 0, 0) == 1);
  CHECK(stretched(single)(0, 0, 1, 0) == 0);
}

TEST_CASE("filters of a kernel (height, width, in, out)") {
  std::vector<float> values(2 * 3 * 2 * 2);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const NamedTensor<float> kernel{"conv2d/kernel", {2, 3, 2, 2}, values.data()};
  const Tensor<4> images = filters(kernel);
  CHECK(images.dimensions() == Tensor<4>(4, 2, 3, 1).dimensions());
  for (Index f = 0; f < 4; ++f)
    for (Index y = 0; y < 2; ++y)
      for (Index x = 0; x < 3; ++x) CHECK(images(f, y, x, 0) == static_cast<float>((3 * y + x) * 4 + f));
  CHECK_THROWS_WITH_AS(filters(NamedTensor<float>{"dense/bias", {24}, values.data()}),
                       doctest::Contains("received dense/bias of shape (24,)"), std::invalid_argument);
}
