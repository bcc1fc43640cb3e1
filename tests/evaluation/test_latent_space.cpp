// The plane of codes, neighbours in it, and how diverse images are.
#include <doctest/doctest.h>

#include <latent/evaluation.hpp>

using namespace latent;
using namespace latent::evaluation;

namespace {

template <class Call>
std::string message(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("quantiles of the normal distribution") {
  // Abramowitz and Stegun, table 26.5, and scipy.stats.norm.ppf.
  CHECK(normal_quantile(0.5) == 0);
  CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-13));
  CHECK(normal_quantile(0.05) == doctest::Approx(-1.6448536269514722).epsilon(1e-13));
  CHECK(normal_quantile(1e-10) == doctest::Approx(-6.361340902404056).epsilon(1e-12));
  for (const double p : {1e-300, 1e-5, 0.2, 0.7, 0.999})
    CHECK(std::erfc(-normal_quantile(p) / std::sqrt(2.0)) / 2 == doctest::Approx(p).epsilon(1e-9));
  for (const double p : {0.0, 1.0})
    CHECK(message([&] { normal_quantile(p); }) ==
          text("normal_quantile: a probability between 0 and 1, both excluded, received ", p));
  // Far out: mpmath, with 40 digits.
  CHECK(normal_quantile(1e-26) == doctest::Approx(-10.637223682245590581).epsilon(1e-14));
  CHECK(normal_quantile(1e-28) == doctest::Approx(-11.058232414058736824).epsilon(1e-14));
  CHECK(normal_quantile(1e-300) == doctest::Approx(-37.047096299361199237).epsilon(1e-13));
  CHECK(normal_quantile(5e-324) == doctest::Approx(-38.467405617144346251).epsilon(1e-13));
  const auto five = normal_quantiles(5);
  CHECK(five[2] == 0);
  CHECK(five[0] == doctest::Approx(-1.2815515655446004).epsilon(1e-13));
  CHECK(five[4] == doctest::Approx(-five[0]).epsilon(1e-14));
}

TEST_CASE("the points of a plane, in the order of a picture") {
  CHECK(evenly(5, -1, 1) == std::vector<double>{-1, -0.5, 0, 0.5, 1});
  CHECK(evenly(1, 2, 4) == std::vector<double>{3});
  CHECK(evenly(2, 2, 4) == std::vector<double>{2, 4});
  CHECK(evenly(7, 0, 0.7).back() == 0.7);
  CHECK(message([] { evenly(3, -1.5e308, 1.5e308); }) ==
        "evenly: expected numbers at a finite distance, received -1.5e+308 and 1.5e+308");
  CHECK(normal_quantiles(1) == std::vector<double>{0});
  CHECK(message([] { evenly(0, 2, 4); }) == "evenly: expected at least 1 number, received 0");
  CHECK(message([] { normal_quantiles(0); }) == "normal_quantiles: expected at least 1 number, received 0");
  const Tensor<2> points = plane({-1, 0, 1}, {-2, 2});
  const float expected[] = {-1, 2, 0, 2, 1, 2, -1, -2, 0, -2, 1, -2};
  REQUIRE(points.size() == 12);
  for (Index i = 0; i < 12; ++i) CHECK(points.data()[i] == expected[i]);
}

TEST_CASE("numbers that are none are refused, or stay none") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Tensor<2> codes(3, 2);
  codes.setValues({{0, 0}, {1, nan}, {0, 1}});
  const float point[] = {0, 0.5f};
  CHECK(message([&] { Neighbourhood(codes, {1, 2, 3}, point, 1); }) ==
        "Neighbourhood: expected finite numbers in code 1 and in the point");
  CHECK(
      message([&] { neighbour_accuracy(codes, {1, 2, 3}, 1); }).starts_with("Neighbourhood: expected finite numbers"));
  CHECK(message([&] { most_probable(codes); }) == "most_probable: row 1: expected numbers, received NaN");
  CHECK(message([&] { PCA(codes, 1); }) == "PCA: sample 1, feature 1: expected a finite number, received nan");
  CHECK(message([&] { tsne(codes, {.perplexity = 1}); }) ==
        "tsne: sample 1, feature 1: expected a finite number, received nan");
  CHECK(message([] { evenly(3, 0, std::nan("")); }) == "evenly: expected finite numbers, received 0 and nan");
  CHECK(message([] { normal_quantile(std::nan("")); }) ==
        "normal_quantile: a probability between 0 and 1, both excluded, received nan");
  Tensor<4> images(2, 1, 1, 2);
  images.setZero();
  images(1, 0, 0, 1) = nan;
  CHECK(message([&] { Diversity{images}; }) == "Diversity: expected finite pixels, received a mean distance of nan");
  CHECK(std::isnan(pixel_distance(images, 0, 1)));
  Tensor<4> large(2, 12, 11, 1);
  large.setConstant(0.5f);
  large(1, 3, 3, 0) = nan;
  const auto similar = ssim(large, large);
  CHECK(similar[0] == 1);
  CHECK(std::isnan(similar[1]));
}

TEST_CASE("numbers near the ends of float: distances do not overflow") {
  const float huge = 3e38f;
  Tensor<2> codes(3, 1);
  codes.setValues({{-huge}, {huge}, {0.9f * huge}});
  CHECK(neighbour_accuracy(codes, {0, 1, 1}, 1) == doctest::Approx(2.0 / 3));
  Tensor<4> images(2, 1, 1, 1);
  images.setValues({{{{-huge}}}, {{{huge}}}});
  CHECK(pixel_distance(images, 0, 1) == doctest::Approx(6e38));
}

TEST_CASE("the labels of the nearest neighbours") {
  Tensor<2> codes(5, 2);
  codes.setValues({{0, 0}, {1, 0}, {0, 1}, {10, 10}, {10, 11}});
  const std::vector<int> labels{4, 4, 2, 7, 7};
  const float near[] = {0, 0.5f}, far[] = {9, 10};
  const Neighbourhood three(codes, labels, near, 3);
  CHECK(three.label == 4);
  CHECK(three.share == doctest::Approx(2.0 / 3));
  CHECK(three.distance == doctest::Approx(0.5));
  CHECK(Neighbourhood(codes, labels, far, 2).label == 7);
  CHECK(Neighbourhood(codes, labels, near, 2).label == 2);  // one each
  CHECK(Neighbourhood(codes, labels, near, 5).label == 4);  // all: two fours, two sevens
  CHECK(Neighbourhood(codes, labels, near, 4, 2).label == 4);
  CHECK(message([&] { Neighbourhood(codes, labels, near, 5, 2); }) ==
        "Neighbourhood: expected 1 to 4 neighbours, received 5");
  CHECK(message([&] { Neighbourhood(codes, labels, near, 5, 0); }) ==
        "Neighbourhood: expected 1 to 4 neighbours, received 5");
  CHECK(Neighbourhood(codes, labels, near, 1, 0).label == 2);  // the first is as near, and left out
  CHECK(Neighbourhood(codes, labels, near, 1).distance == 0.5);
  const float across[] = {3, 5};
  CHECK(Neighbourhood(codes, labels, across, 1).distance == 5);  // all coordinates count
  CHECK(message([&] { Neighbourhood(codes, labels, near, 0); }) ==
        "Neighbourhood: expected 1 to 5 neighbours, received 0");
  CHECK(message([&] { Neighbourhood(codes, labels, near, 6); }) ==
        "Neighbourhood: expected 1 to 5 neighbours, received 6");
  CHECK(message([&] { Neighbourhood(codes, {1}, near, 1); }) == "Neighbourhood: 5 codes but 1 labels");
}

TEST_CASE("the diversity of images") {
  Tensor<4> images(4, 2, 2, 1);
  images.setZero();
  for (Index i = 0; i < 4; ++i) images.data()[4 + i] = 1;  // the second is white
  images.data()[8] = 0.02f;                                // the third nearly the first
  images.data()[12] = 1;                                   // the fourth has one white pixel
  CHECK(pixel_distance(images, 0, 1) == 1);
  CHECK(pixel_distance(images, 0, 3) == 0.5);
  const Diversity diversity(images);
  CHECK(diversity.distinct == 3);
  const double third = pixel_distance(images, 0, 2),
               others = pixel_distance(images, 1, 2) + pixel_distance(images, 2, 3);
  CHECK(diversity.mean_distance == doctest::Approx((1 + 0.5 + std::sqrt(0.75) + third + others) / 6));
  CHECK(Diversity(images, 0.001).distinct == 4);
  CHECK(Diversity(images, 0).distinct == 4);
  CHECK(Diversity(images, 0.5).distinct == 2);  // the fourth is not farther than that from the first
  const Diversity same(Tensor<4>(2, 1, 1, 1).setConstant(0.5f));
  CHECK(same.distinct == 1);
  CHECK(same.mean_distance == 0);
  CHECK(message([] { Diversity(Tensor<4>(1, 2, 2, 1)); }) == "Diversity: expected at least 2 images, received 1");
  for (const double apart : {-1.0, static_cast<double>(NAN)})
    CHECK(message([&] { Diversity(images, apart); }) ==
          text("Diversity: expected a distance of at least 0, received ", apart));
}
