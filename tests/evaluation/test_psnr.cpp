#include <doctest/doctest.h>

#include <cmath>

#include "latent/evaluation/psnr.hpp"

using namespace latent;
using namespace latent::evaluation;

namespace {

template <class Scalar>
Tensor<4, Scalar> constant(Index number, Scalar value) {
  Tensor<4, Scalar> images(number, 2, 3, 1);
  images.setConstant(value);
  return images;
}

}  // namespace

TEST_CASE("errors and PSNR of images of one grey value") {
  Tensor<4, double> a = constant(2, 0.25), b = constant(2, 0.75);
  a(1, 0, 0, 0) = 0.75;  // one of six pixels of the second image is right
  CHECK(squared_errors(a, b)[0] == doctest::Approx(0.25).epsilon(1e-15));
  CHECK(squared_errors(a, b)[1] == doctest::Approx(0.25 * 5 / 6).epsilon(1e-15));
  CHECK(mean_squared_error(a, b) == doctest::Approx(0.25 * 11 / 12).epsilon(1e-15));
  CHECK(root_mean_squared_error(a, b) == doctest::Approx(std::sqrt(0.25 * 11 / 12)).epsilon(1e-15));
  CHECK(psnr(a, b)[0] == doctest::Approx(20 * std::log10(2.0)).epsilon(1e-15));
  CHECK(psnr(a, b, 255)[0] == doctest::Approx(20 * std::log10(2.0 * 255)).epsilon(1e-15));
  CHECK(psnr(a, b, 1e200)[0] == doctest::Approx(4000 + 20 * std::log10(2.0)).epsilon(1e-15));
  CHECK(psnr(a, b, 1e-200)[0] == doctest::Approx(-4000 + 20 * std::log10(2.0)).epsilon(1e-15));
  CHECK(psnr(constant(1, 0.5f), constant(1, 0.6f))[0] == doctest::Approx(20).epsilon(1e-6));
  CHECK(psnr(a, a)[1] == std::numeric_limits<double>::infinity());
  CHECK(mean({1, 2, 6}) == 3);
  // Each image of several, whatever their height; errors of exactly 1; a single pixel.
  Tensor<4> three(3, 1, 2, 1), zeros(3, 1, 2, 1);
  three.setValues({{{{1}, {1}}}, {{{2}, {0}}}, {{{0}, {0}}}}), zeros.setZero();
  CHECK(squared_errors(three, zeros) == std::vector<double>{1, 2, 0});
  CHECK(psnr(three, zeros)[0] == 0);
  const Tensor<4> pixel = Tensor<4>(1, 1, 1, 1).setConstant(0.5f);
  CHECK(squared_errors(pixel, pixel) == std::vector<double>{0});
}

TEST_CASE("a picture with a NaN is not a perfect one") {
  Tensor<4> a = constant(2, 0.5f), b = a;
  a(1, 0, 1, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(squared_errors(a, b)[1]));
  CHECK(std::isnan(mean_squared_error(a, b)));
  CHECK(std::isnan(root_mean_squared_error(a, b)));
  CHECK(std::isnan(psnr(a, b)[1]));
  CHECK(std::isnan(psnr(a, a)[1]));
  CHECK(psnr(a, b)[0] == std::numeric_limits<double>::infinity());  // the other picture is
  CHECK(std::isnan(mean({1, std::nan(""), 2})));
  b(1, 0, 1, 0) = std::numeric_limits<float>::infinity();
  CHECK(psnr(b, constant(2, 0.5f))[1] == -std::numeric_limits<double>::infinity());
}

TEST_CASE("errors name the values") {
  const Tensor<4> a = constant(2, 0.0f), b = constant(3, 0.0f);
  // Of the function that was called.
  const std::string differ = ": expected two tensors of the same shape, but axis 0 has 2 and 3",
                    none = ": expected at least one image, received none";
  CHECK_THROWS_WITH_AS(psnr(a, b), ("psnr" + differ).c_str(), std::invalid_argument);
  CHECK_THROWS_WITH_AS(squared_errors(a, b), ("squared_errors" + differ).c_str(), std::invalid_argument);
  CHECK_THROWS_WITH_AS(mean_squared_error(a, b), ("mean_squared_error" + differ).c_str(), std::invalid_argument);
  CHECK_THROWS_WITH_AS(root_mean_squared_error(a, b), ("root_mean_squared_error" + differ).c_str(),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(mean_squared_error(Tensor<4>(0, 2, 3, 1), Tensor<4>(0, 2, 3, 1)),
                       ("mean_squared_error" + none).c_str(), std::invalid_argument);
  CHECK_THROWS_WITH_AS(psnr(a, a, 0), doctest::Contains("max_val above 0, received 0"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(psnr(a, a, INFINITY), "psnr: expected a max_val above 0, received inf", std::invalid_argument);
  CHECK_THROWS_WITH_AS(mean({}), "mean: expected at least one number, received none", std::invalid_argument);
}
