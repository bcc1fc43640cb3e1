#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "latent/core/threads.hpp"
#include "latent/datasets/noise.hpp"

using namespace latent;

namespace {

template <class Scalar>
Tensor<4, Scalar> grey(Index number, Index height, Index width) {
  Tensor<4, Scalar> images(number, height, width, 1);
  images.setConstant(static_cast<Scalar>(0.5));
  return images;
}

}  // namespace

TEST_CASE("noise is the images plus the factor times the stream of normal numbers, within 0 and 1") {
  for (const Index width : {4, 5}) {  // an even and an odd number of elements
    const Tensor<4, double> images = grey<double>(3, 7, width);
    const auto noisy = add_gaussian_noise(images, 0.4, Seed{9});
    CHECK(noisy.dimensions() == images.dimensions());
    const Random random(Seed{9}, Purpose::noise);
    int inside = 0;
    for (Index i = 0; i < images.size(); ++i) {
      const double sum = 0.5 + 0.4 * random.normal(i);
      inside += sum > 0 && sum < 1;
      // One rounding apart, where a compiler fuses the multiplication and the addition.
      CHECK(std::abs(noisy.data()[i] - std::clamp(sum, 0.0, 1.0)) < 1e-15);
    }
    CHECK(inside > images.size() / 2);
    CHECK(inside < images.size());
  }
}

TEST_CASE("noise is the same for any number of threads") {
  const Tensor<4> images = grey<float>(11, 13, 5);
  const int threads = team_size(0, "noise");
  set_threads(1);
  const Tensor<4> one = add_gaussian_noise(images, 0.5f, Seed{3});
  for (const int count : {2, 3, 7, 16}) {
    set_threads(count);
    const Tensor<4> many = add_gaussian_noise(images, 0.5f, Seed{3});
    CHECK(std::memcmp(one.data(), many.data(), static_cast<std::size_t>(one.size()) * sizeof(float)) == 0);
  }
  set_threads(threads);
}

TEST_CASE("another seed gives other noise, the factor 0 gives none") {
  const Tensor<4> images = grey<float>(2, 28, 28);
  const Tensor<4> a = add_gaussian_noise(images, 0.1f, Seed{1}), b = add_gaussian_noise(images, 0.1f, Seed{2});
  int equal = 0;
  for (Index i = 0; i < a.size(); ++i) equal += a.data()[i] == b.data()[i];
  CHECK(equal < 10);
  const Tensor<4> none = add_gaussian_noise(images, 0, Seed{1});
  for (Index i = 0; i < none.size(); ++i) REQUIRE(none.data()[i] == 0.5f);
}

TEST_CASE("its mean and standard deviation are as asked for") {
  const Tensor<4> noisy =
      add_gaussian_noise(grey<float>(100, 28, 28), 0.05, Seed{4});  // 0 and 1 are 10 deviations away
  const double count = static_cast<double>(noisy.size());
  double sum = 0, squares = 0;
  for (Index i = 0; i < noisy.size(); ++i) {
    const double n = (static_cast<double>(noisy.data()[i]) - 0.5) / 0.05;
    sum += n;
    squares += n * n;
  }
  // Five standard errors: 1 / sqrt(count) of the mean, sqrt(2 / count) of the variance.
  CHECK(std::abs(sum / count) < 5 / std::sqrt(count));
  CHECK(std::abs(squares / count - 1) < 5 * std::sqrt(2 / count));
}

TEST_CASE("wrong arguments") {
  const Tensor<2> rows = Tensor<2>(2, 3).setConstant(0.5f);
  CHECK_THROWS_WITH_AS((void)add_gaussian_noise(rows, -0.5f, Seed{1}), doctest::Contains("received -0.5"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)add_gaussian_noise(rows, std::numeric_limits<float>::quiet_NaN(), Seed{1}),
                  std::invalid_argument);
  CHECK_THROWS_AS((void)add_gaussian_noise(rows, std::numeric_limits<float>::infinity(), Seed{1}),
                  std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)add_gaussian_noise(Tensor<2>(0, 3), 0.5f, Seed{1}), doctest::Contains("received none"),
                       std::invalid_argument);
}

TEST_CASE("images of another range are refused: noise that is cut off at 0 and 1 would leave nothing of them") {
  Tensor<4> images(2, 1, 2, 1);
  images.setValues({{{{0}, {1}}}, {{{0.5f}, {255}}}});
  CHECK_THROWS_WITH_AS((void)add_gaussian_noise(images, 0, Seed{1}),
                       "add_gaussian_noise: expected values within 0..1, received 255 at index 3; pixels of 0..255 are "
                       "divided by 255.0f",
                       std::invalid_argument);
  images.data()[2] = -0.5f;
  CHECK_THROWS_WITH_AS((void)add_salt_and_pepper_noise(images, 0.5, Seed{1}),
                       "add_salt_and_pepper_noise: expected values within 0..1, received -0.5 at index 2",
                       std::invalid_argument);
  images.data()[3] = 1.0000001f, images.data()[2] = -1e-7f;  // as a resized image may have
  CHECK(add_gaussian_noise(images, 0, Seed{1})(1, 0, 1, 0) == 1);
  images.data()[2] = std::nanf("");
  CHECK_THROWS_WITH_AS((void)add_gaussian_noise(images, 0.5, Seed{1}), doctest::Contains("received nan at index 2"),
                       std::invalid_argument);
}

TEST_CASE("salt and pepper: so many pixels, half of them white, all channels alike, the others as they were") {
  Tensor<4> images(1, 100, 200, 3);
  images.setConstant(0.5f);
  const Tensor<4> noisy = add_salt_and_pepper_noise(images, 0.3, Seed{4});
  double salt = 0, pepper = 0;
  for (Index y = 0; y < 100; ++y)
    for (Index x = 0; x < 200; ++x) {
      const float value = noisy(0, y, x, 0);
      CHECK((value == 0 || value == 0.5f || value == 1));
      CHECK(noisy(0, y, x, 1) == value);
      CHECK(noisy(0, y, x, 2) == value);
      salt += value == 1, pepper += value == 0;
    }
  // 20,000 pixels, each with probability 0.15: a standard deviation of 50; five of them are exceeded once in millions.
  CHECK(std::abs(salt - 3000) < 250);
  CHECK(std::abs(pepper - 3000) < 250);
  const Tensor<4> again = add_salt_and_pepper_noise(images, 0.3, Seed{4}),
                  all = add_salt_and_pepper_noise(images, 1, Seed{4});
  CHECK(std::equal(noisy.data(), noisy.data() + noisy.size(), again.data()));
  CHECK(std::count(all.data(), all.data() + all.size(), 0.5f) == 0);
  CHECK_THROWS_WITH_AS((void)add_salt_and_pepper_noise(images, 1.5, Seed{1}),
                       doctest::Contains("a share of 0 to 1, received 1.5"), std::invalid_argument);
}

TEST_CASE("every number of many is that of the stream, and shares at the edges") {
  Tensor<4> images(3, 60, 50, 2);  // more than two pieces of 4096 pairs, and a rest
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i % 10) / 10 + 0.01f;
  const Tensor<4> noisy = add_gaussian_noise(images, 0.3, Seed{5}),
                  salted = add_salt_and_pepper_noise(images, 0.4, Seed{5});
  const Random normal(Seed{5}, Purpose::noise), uniform(Seed{5}, Purpose::noise, 1);
  Index wrong = 0;
  for (Index i = 0; i < images.size(); ++i) {
    const double value = static_cast<double>(images.data()[i]) + 0.3 * normal.normal(i), u = uniform.uniform(i / 2);
    wrong += std::abs(static_cast<double>(noisy.data()[i]) - std::clamp(value, 0.0, 1.0)) > 1e-6;
    wrong += salted.data()[i] != (u < 0.2 ? 0 : u < 0.4 ? 1 : images.data()[i]);
  }
  CHECK(wrong == 0);
  CHECK(add_gaussian_noise(grey<float>(1, 1, 1), 0, Seed{1})(0, 0, 0, 0) == 0.5f);
  CHECK(add_salt_and_pepper_noise(grey<float>(1, 1, 1), 0, Seed{1})(0, 0, 0, 0) == 0.5f);
  const Tensor<4> none = add_salt_and_pepper_noise(images, 0, Seed{1});
  CHECK(std::equal(images.data(), images.data() + images.size(), none.data()));
  CHECK_THROWS_WITH_AS((void)add_salt_and_pepper_noise(images, -0.5, Seed{1}),
                       "add_salt_and_pepper_noise: expected a share of 0 to 1, received -0.5", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)add_salt_and_pepper_noise(Tensor<4>(0, 2, 2, 1), 0.5, Seed{1}),
                       "add_salt_and_pepper_noise: expected at least one image, received none", std::invalid_argument);
}
