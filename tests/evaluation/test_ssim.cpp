#include <doctest/doctest.h>

#include "latent/evaluation/ssim.hpp"

using namespace latent;
using namespace latent::evaluation;

namespace {

Tensor<4> constant(float value, Index channels = 1) {
  Tensor<4> images(1, 12, 15, channels);
  images.setConstant(value);
  return images;
}

/// Two images of 13 x 14 pixels that are alike and not the same.
std::array<Tensor<4>, 2> patterns() {
  Tensor<4> a(1, 13, 14, 1), b(1, 13, 14, 1);
  for (Index y = 0; y < 13; ++y)
    for (Index x = 0; x < 14; ++x) {
      const double value = static_cast<double>((7 * y + 3 * x) % 11) / 10;
      a(0, y, x, 0) = static_cast<float>(value);
      b(0, y, x, 0) = static_cast<float>(std::min(1.0, value * 0.8 + static_cast<double>((5 * y + 2 * x) % 7) / 30));
    }
  return {a, b};
}

}  // namespace

TEST_CASE("equal images have 1, images of one grey value what the formula says") {
  const auto [a, b] = patterns();
  CHECK(ssim(a, a)[0] == doctest::Approx(1).epsilon(1e-12));
  const double p = 0.25, q = 0.5, c1 = 1e-4;
  CHECK(ssim(constant(0.25f), constant(0.5f))[0] ==
        doctest::Approx((2 * p * q + c1) / (p * p + q * q + c1)).epsilon(1e-9));
  CHECK(ssim(constant(0.25f, 3), constant(0.5f, 3))[0] ==
        doctest::Approx((2 * p * q + c1) / (p * p + q * q + c1)).epsilon(1e-9));
}

TEST_CASE("images of 0 to 8 have the similarity of the same images of 0 to 1") {
  auto [a, b] = patterns();
  const double expected = ssim(a, b)[0], other_range = ssim(a, b, 8)[0];
  for (Tensor<4>* images : {&a, &b})
    for (Index i = 0; i < images->size(); ++i) images->data()[i] *= 8;  // without rounding
  CHECK(ssim(a, b, 8)[0] == doctest::Approx(expected).epsilon(1e-12));
  CHECK(std::abs(other_range - expected) > 1e-3);
  CHECK(ssim(constant(2), constant(4), 8)[0] ==
        doctest::Approx((2 * 8.0 + 64e-4) / (4.0 + 16.0 + 64e-4)).epsilon(1e-9));
}

TEST_CASE("two patterns: the definition, computed place by place in Python with a window that is not taken apart") {
  const auto [a, b] = patterns();
  CHECK(ssim(a, b)[0] == doctest::Approx(0.9257718619669961).epsilon(1e-6));
  CHECK(ssim(b, a)[0] == doctest::Approx(ssim(a, b)[0]).epsilon(1e-12));
  Tensor<4> a255 = a, b255 = b;  // only the ratio to max_val counts
  for (Index i = 0; i < a.size(); ++i) a255.data()[i] *= 255, b255.data()[i] *= 255;
  CHECK(ssim(a255, b255, 255)[0] == doctest::Approx(ssim(a, b)[0]).epsilon(1e-6));
}

TEST_CASE("several images of several channels: each image for itself, and the mean of its channels") {
  const auto [a, b] = patterns();
  Tensor<4> first(3, 13, 14, 2), second(3, 13, 14, 2);
  for (Index n = 0; n < 3; ++n)
    for (Index y = 0; y < 13; ++y)
      for (Index x = 0; x < 14; ++x) {
        first(n, y, x, 0) = a(0, y, x, 0), second(n, y, x, 0) = n == 1 ? a(0, y, x, 0) : b(0, y, x, 0);
        first(n, y, x, 1) = 0.25f, second(n, y, x, 1) = n == 2 ? 0.5f : 0.25f;
      }
  const double of_patterns = ssim(a, b)[0], of_greys = (0.25 + 1e-4) / (0.0625 + 0.25 + 1e-4);
  const std::vector<double> similarities = ssim(first, second);
  REQUIRE(similarities.size() == 3);
  CHECK(similarities[0] == doctest::Approx((of_patterns + 1) / 2).epsilon(1e-9));
  CHECK(similarities[1] == doctest::Approx(1).epsilon(1e-9));
  CHECK(similarities[2] == doctest::Approx((of_patterns + of_greys) / 2).epsilon(1e-9));
  // One place for the window.
  Tensor<4> least(1, 11, 11, 1), other(1, 11, 11, 1);
  least.setConstant(0.25f), other.setConstant(0.5f);
  CHECK(ssim(least, other)[0] == doctest::Approx(of_greys).epsilon(1e-9));
}

TEST_CASE("errors name the values") {
  const Tensor<4> small(1, 10, 20, 1);
  CHECK_THROWS_WITH_AS(ssim(small, small), doctest::Contains("at least 11 x 11 pixels, received 10 x 20"),
                       std::invalid_argument);
  const Tensor<4> narrow(1, 20, 10, 1);
  CHECK_THROWS_WITH_AS(ssim(narrow, narrow), "ssim: expected images of at least 11 x 11 pixels, received 20 x 10",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ssim(constant(0), constant(0), 0), "ssim: expected a max_val above 0, received 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ssim(constant(0), constant(0), INFINITY), "ssim: expected a max_val above 0, received inf",
                       std::invalid_argument);
  CHECK_THROWS_AS(ssim(constant(0), small), std::invalid_argument);
}
