#include <doctest/doctest.h>

#include <limits>

#include "datasets/keras_augmentations.hpp"
#include "latent/datasets/augment.hpp"

using namespace latent;
using namespace latent::augment;

namespace {

/// An image of its own pixels, which are all different.
struct Pixels {
  Index height, width, channels;
  std::vector<double> values;

  Pixels(Index h, Index w, Index c) : height(h), width(w), channels(c) {
    for (Index i = 0; i < h * w * c; ++i) values.push_back(static_cast<double>(i * i % 101) + 1);
  }
  Image<double> image() { return {values.data(), height, width, channels}; }
  double at(Index y, Index x, Index c) const {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
};

/// What the change makes of these pixels.
template <class Change>
std::vector<double> changed(Pixels pixels, const Change& change, const Random& random) {
  change(pixels.image(), random);
  return pixels.values;
}
std::vector<double> moved(Pixels pixels, const Affine& affine, const Resampling& how) {
  move(pixels.image(), affine, how);
  return pixels.values;
}

}  // namespace

TEST_CASE("shifts, turns and zooms are Keras's, for every way to fill and to interpolate") {
  for (const auto& expected : keras_augmentations::cases) {
    std::vector<float> pixels(30);
    for (int i = 0; i < 30; ++i) pixels[static_cast<std::size_t>(i)] = static_cast<float>(i * 7 % 23) / 32;
    const Image<float> image{pixels.data(), 5, 6, 1};
    const Resampling how{expected.fill, expected.interpolation, 0.25};
    const auto [a, b] = expected.amounts;
    const Random random(Seed{1}, Purpose::augmentation);
    const std::string layer = expected.layer;
    if (layer == "RandomTranslation")
      RandomTranslation(Range(a, a), Range(b, b), how)(image, random);
    else if (layer == "RandomRotation")
      RandomRotation(Range(a, a), how)(image, random);
    else
      RandomZoom(Range(a, a), Range(b, b), how)(image, random);
    CAPTURE(layer);
    CAPTURE(static_cast<int>(expected.fill));
    CAPTURE(static_cast<int>(expected.interpolation));
    for (std::size_t i = 0; i < 30; ++i) CHECK(pixels[i] == doctest::Approx(expected.moved[i]).epsilon(1e-5));
  }
}

TEST_CASE("what is drawn is within its range, and flips are fair") {
  int left = 0, up = 0;
  for (Index n = 0; n < 400; ++n) {
    const Random random(Seed{static_cast<std::uint64_t>(n)}, Purpose::augmentation);
    float pixels[] = {1, 2, 3, 4};
    RandomFlip{}(Image<float>{pixels, 2, 2, 1}, random);
    left += pixels[0] == 2 || pixels[0] == 4, up += pixels[0] == 3 || pixels[0] == 4;
    float row[] = {0, 0, 0, 1, 0, 0, 0, 0};
    RandomTranslation(0.0, Range(0.125, 0.25), {Fill::constant})(Image<float>{row, 1, 8, 1}, random);
    CHECK(row[3] < 1e-6);
    CHECK(row[4] + row[5] == doctest::Approx(1));
  }
  CHECK(left > 160);
  CHECK(left < 240);
  CHECK(up > 160);
  CHECK(up < 240);
  float pixels[] = {1, 2, 3, 4};
  const Random random(Seed{1}, Purpose::augmentation);
  RandomFlip{Flip::vertical}(Image<float>{pixels, 1, 4, 1}, random);
  CHECK(pixels[0] == 1);  // one row has no other way up
  CHECK_THROWS_WITH_AS(RandomTranslation(1.5, 0.0),
                       "RandomTranslation: height_factor is within -1..1, received -1.5 to 1.5", std::invalid_argument);
  CHECK_THROWS_AS(RandomZoom(1.0), std::invalid_argument);
  CHECK_THROWS_AS(RandomRotation(-1.1), std::invalid_argument);
}

TEST_CASE("places beyond the edges, as TensorFlow finds them") {
  // At -9, -8 ... 13 in an image of 4 pixels. TensorFlow wraps by 4 for every 3, the distance
  // of the outer centres, and what is still outside goes to the edge.
  const std::vector<float> reflect{0, 0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2};
  const std::vector<float> wrap{3, 3, 3, 3, 3, 3, 3, 2, 3, 0, 1, 2, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int at = -9; at <= 13; ++at) {
    CAPTURE(at);
    const auto place = static_cast<float>(at);
    const auto i = static_cast<std::size_t>(at + 9);
    CHECK(inside(place, 4, Fill::reflect) == reflect[i]);
    CHECK(inside(place, 4, Fill::wrap) == wrap[i]);
    CHECK(inside(place, 4, Fill::nearest) == std::clamp(place, 0.0f, 3.0f));
    CHECK(inside(place, 4, Fill::constant) == place);
    CHECK(inside(place, 1, Fill::constant) == place);
    for (const Fill fill : {Fill::reflect, Fill::nearest, Fill::wrap}) CHECK(inside(place, 1, fill) == 0);
    CHECK(inside(place, 2, Fill::reflect) == ((at + 100) % 4 == 1 || (at + 100) % 4 == 2 ? 1 : 0));
  }
  for (int at = -40; at < 40; ++at) {  // there and back again
    const int step = (at + 40) % 8;
    CHECK(inside(static_cast<float>(at), 4, Fill::reflect) == static_cast<float>(step < 4 ? step : 7 - step));
  }
  CHECK(Resampling{}.fill_value == 0);
  CHECK(inside(-5.5f, 4, Fill::wrap) == 2.5f);
  CHECK(inside(4.25f, 4, Fill::wrap) == 0.25f);
  CHECK(inside(-5.5f, 4, Fill::reflect) == 2.5f);
  CHECK(inside(5.25f, 4, Fill::reflect) == 1.75f);
}

TEST_CASE("images of several channels that are not square are moved by any affine motion") {
  const Pixels pixels(4, 6, 3);
  for (const Fill fill : {Fill::reflect, Fill::constant, Fill::nearest, Fill::wrap})
    for (const Affine& a : {Affine{1, 0, 0.5f, 0, 1, 0.25f}, Affine{0.75f, 0.5f, -1.75f, -0.5f, 1.25f, -0.75f},
                            Affine{1, 0, -0.5f, 0, 1, -0.25f}, Affine{0, 1, 6, 1, 0, 4}, Affine{0, 0, 5, 0, 0, 3}}) {
      const Resampling smooth{fill, Interpolation::bilinear, 7}, rough{fill, Interpolation::nearest, 7};
      const auto by_shares = moved(pixels, a, smooth), by_rounding = moved(pixels, a, rough);
      for (Index row = 0; row < 4; ++row)
        for (Index column = 0; column < 6; ++column)
          for (Index c = 0; c < 3; ++c) {
            const auto x = static_cast<float>(column), y = static_cast<float>(row);
            const auto at_x = inside(a[0] * x + a[1] * y + a[2], 6, fill);
            const auto at_y = inside(a[3] * x + a[4] * y + a[5], 4, fill);
            // A pixel has its share of each place less than 1 away; beyond the edges all are 7.
            double sum = 0, rounded = 7;
            for (Index j = -2; j <= 12; ++j)
              for (Index i = -2; i <= 12; ++i) {
                const double value = j < 0 || j >= 4 || i < 0 || i >= 6 ? 7 : pixels.at(j, i, c);
                const auto dx = static_cast<double>(at_x) - static_cast<double>(i);
                const auto dy = static_cast<double>(at_y) - static_cast<double>(j);
                sum += std::max(0.0, 1 - std::abs(dx)) * std::max(0.0, 1 - std::abs(dy)) * value;
                if (static_cast<float>(i) == std::round(at_x) && static_cast<float>(j) == std::round(at_y))
                  rounded = value;
              }
            const auto n = static_cast<std::size_t>((row * 6 + column) * 3 + c);
            const bool far = at_x < -1 || at_x > 11 || at_y < -1 || at_y > 11;
            CHECK(by_shares[n] == doctest::Approx(far ? 7 : sum).epsilon(1e-12));
            CHECK(by_rounding[n] == rounded);
          }
    }
}

TEST_CASE("motions by hand: shares of the height and of the width, about the centre") {
  CHECK(RandomTranslation::affine(0.25, -0.5, 4, 6) == Affine{1, 0, 3, 0, 1, -1});
  CHECK(RandomZoom::affine(0.5, -0.25, 5, 9) == Affine{0.75f, 0, 1, 0, 1.5f, -1});
  // A quarter turn brings the right end of the middle row to the top; a twelfth has the sine 1/2.
  const Affine quarter = RandomRotation::affine(0.25, 3, 7), twelfth = RandomRotation::affine(1.0 / 12, 5, 3);
  const float root = std::sqrt(3.0f) / 2;
  const Affine by_hand[2] = {{0, -1, 4, 1, 0, -2}, {root, -0.5f, 2 - root, 0.5f, root, 1.5f - 2 * root}};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(quarter[i] == doctest::Approx(by_hand[0][i]).epsilon(1e-6));
    CHECK(twelfth[i] == doctest::Approx(by_hand[1][i]).epsilon(1e-6));
  }
}

TEST_CASE("what is drawn: number 0 for the height or the turn, number 1 for the width") {
  const Pixels pixels(5, 8, 2);
  const Resampling how{Fill::constant, Interpolation::bilinear, 3};
  const Range height(-0.1, 0.3), width(0.4, 0.2);
  CHECK(width.low == 0.2);
  CHECK(width.high == 0.4);
  CHECK(Range(-0.3).low == -0.3);
  CHECK(Range(-0.3).high == 0.3);
  CHECK(height.at(0.25) == doctest::Approx(0));
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Random random(Seed{seed}, Purpose::augmentation);
    const double u = random.uniform(0), v = random.uniform(1), h = -0.1 + 0.4 * u, w = 0.2 + 0.2 * v;
    CHECK(changed(pixels, RandomTranslation(height, width, how), random) ==
          moved(pixels, RandomTranslation::affine(h, 0.2 + v * 0.2, 5, 8), how));
    CHECK(changed(pixels, RandomRotation(height, how), random) == moved(pixels, RandomRotation::affine(h, 5, 8), how));
    CHECK(changed(pixels, RandomZoom(height, width, how), random) ==
          moved(pixels, RandomZoom::affine(h, w, 5, 8), how));
    CHECK(changed(pixels, RandomZoom(height, how), random) == moved(pixels, RandomZoom::affine(h, h, 5, 8), how));
    CHECK(changed(pixels, RandomZoom(height), random) == moved(pixels, RandomZoom::affine(h, h, 5, 8), {}));
  }
}

TEST_CASE("flips: by number 0 left and right, by number 1 top and bottom, of even and of odd sizes") {
  int kinds[4] = {};
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Random random(Seed{seed}, Purpose::augmentation);
    const bool sideways = random.uniform(0) < 0.5, upside_down = random.uniform(1) < 0.5;
    ++kinds[2 * sideways + upside_down];
    for (const auto& [h, w] : {std::pair<Index, Index>{3, 5}, {4, 2}, {1, 1}, {2, 7}})
      for (const Flip mode : {Flip::horizontal_and_vertical, Flip::horizontal, Flip::vertical}) {
        const Pixels pixels(h, w, 2);
        const auto flipped = changed(pixels, RandomFlip{mode}, random);
        const bool mirror_x = sideways && mode != Flip::vertical, mirror_y = upside_down && mode != Flip::horizontal;
        std::size_t n = 0;
        for (Index y = 0; y < h; ++y)
          for (Index x = 0; x < w; ++x)
            for (Index c = 0; c < 2; ++c)
              CHECK(flipped[n++] == pixels.at(mirror_y ? h - 1 - y : y, mirror_x ? w - 1 - x : x, c));
      }
  }
  for (const int count : kinds) CHECK(count > 0);
}

TEST_CASE("noise: the stream of normal numbers times the standard deviation, clipped or not") {
  const Random random(Seed{3}, Purpose::augmentation);
  for (const Index width : {4, 5}) {  // an even and an odd count
    const Pixels pixels(1, width, 1);
    const auto free = changed(pixels, augment::GaussianNoise{.stddev = 20}, random);
    const auto clipped = changed(pixels, augment::GaussianNoise{.stddev = 20, .clip = true}, random);
    for (Index i = 0; i < width; ++i) {
      const double sum = pixels.at(0, i, 0) + 20 * random.normal(i);
      CHECK(free[static_cast<std::size_t>(i)] == doctest::Approx(sum).epsilon(1e-14));
      CHECK(clipped[static_cast<std::size_t>(i)] == std::clamp(free[static_cast<std::size_t>(i)], 0.0, 1.0));
    }
    CHECK(changed(pixels, augment::GaussianNoise{}, random) == pixels.values);
  }
  const Pixels pixels(1, 2, 1);
  for (const double bad : {-1.0, double(INFINITY), double(NAN)})
    CHECK_THROWS_WITH_AS(changed(pixels, augment::GaussianNoise{.stddev = bad}, random),
                         text("augment::GaussianNoise: stddev is at least 0, received ", bad).c_str(),
                         std::invalid_argument);
}

TEST_CASE("ranges of -1 to 1, both ends with it; a zoom is above -1") {
  const auto error = [](auto make) -> std::string {
    try {
      make();
    } catch (const std::invalid_argument& problem) {
      return problem.what();
    }
    return "";
  };
  const Range whole(-1, 1), below(-1.5, 0), above(0, 1.5), zoom(-0.5, 1);
  CHECK(error([&] { RandomTranslation(whole, whole); }) == "");
  CHECK(error([&] { RandomTranslation(below, whole); }) ==
        "RandomTranslation: height_factor is within -1..1, received -1.5 to 0");
  CHECK(error([&] { RandomTranslation(whole, above); }) ==
        "RandomTranslation: width_factor is within -1..1, received 0 to 1.5");
  CHECK(error([&] { RandomRotation{whole}; }) == "");
  CHECK(error([&] { RandomRotation{below}; }) == "RandomRotation: factor is within -1..1, received -1.5 to 0");
  CHECK(error([&] { RandomRotation{above}; }) == "RandomRotation: factor is within -1..1, received 0 to 1.5");
  CHECK(error([&] { RandomZoom(zoom, zoom); }) == "");
  CHECK(error([&] { RandomZoom{whole}; }) == "RandomZoom: height_factor is more than -1, received -1");
  CHECK(error([&] { RandomZoom(zoom, whole); }) == "RandomZoom: width_factor is more than -1, received -1");
  CHECK(error([&] { RandomZoom(below, zoom); }) == "RandomZoom: height_factor is within -1..1, received -1.5 to 0");
  CHECK(error([&] { RandomZoom(zoom, above); }) == "RandomZoom: width_factor is within -1..1, received 0 to 1.5");
}
