#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/fit.hpp"
#include "latent/datasets/image_reader.hpp"

using namespace latent;
using namespace latent::datasets;

TEST_CASE("channels and sizes are brought to what is wanted") {
  const auto expected = expected_images();
  const Tensor<4> image = read_image(test_file("smooth.png"));
  CHECK(difference(to_gray(image), expected.at("gray:smooth.png")) < 1e-6f);
  CHECK(difference(to_gray(to_colour(to_gray(image))), to_gray(image)) < 1e-6f);
  int count = 0;
  for (const auto& entry : expected) {
    const std::string& name = entry.first;
    const Tensor<4>& resized = entry.second;
    if (name.find("x") == std::string::npos || name.find(':') == std::string::npos) continue;
    CAPTURE(name);
    CHECK(difference(resize(image, resized.dimension(1), resized.dimension(2)), resized) < 2e-6f);
    ++count;
  }
  CHECK(count == 3);
  CHECK(difference(fit(image, {.channels = 1, .size = {6, 5}}), resize(to_gray(image), 6, 5)) == 0);
  CHECK(difference(fit(image, {}), image) == 0);
  const Tensor<4> turned = fit(image, {.turn = true});
  CHECK(turned.dimension(1) == 16);
  CHECK(turned(0, 15, 11, 2) == image(0, 11, 15, 2));
  CHECK_THROWS_AS((void)resize(image, 5, 0), std::invalid_argument);
  CHECK(resize(image, 1, 1).size() == image.dimension(3));
  CHECK_THROWS_WITH_AS((void)resize(Tensor<4>(1, 0, 28, 1), 4, 4),
                       "resize: expected images of at least 1 x 1 pixels, received 0 x 28 x 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)resize(image, 0, 5), "resize: expected at least 1 x 1 pixels, received 0 x 5",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)to_gray(to_gray(image)), "to_gray: expected images of 3 channels, received 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.channels = 2}), doctest::Contains("received 2"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.size = {28, 0}}), doctest::Contains("received 28 x 0"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_options({.limit = -1}), doctest::Contains("received -1"), std::invalid_argument);
}

TEST_CASE("resize: at the borders weights count that lie within the image, as in Pillow; no size ends the program") {
  Tensor<4> ramp(1, 1, 28, 1);
  for (Index x = 0; x < 28; ++x) ramp(0, 0, x, 0) = static_cast<float>(x);
  // Of the weights 1/4, 3/4, 3/4, 1/4 the first lies outside.
  const Tensor<4> half = resize(ramp, 1, 14);
  CHECK(half(0, 0, 0, 0) == doctest::Approx(1.25 / 1.75).epsilon(1e-6));
  CHECK(half(0, 0, 1, 0) == doctest::Approx(2.5).epsilon(1e-6));
  CHECK(half(0, 0, 13, 0) == doctest::Approx(27 - 1.25 / 1.75).epsilon(1e-6));
  const Tensor<4> threes = Tensor<4>(1, 3, 28, 2).setConstant(3);
  for (Index width = 1; width < 100; ++width) {
    CAPTURE(width);
    const Tensor<4> same = resize(threes, 2, width);
    for (Index i = 0; i < same.size(); ++i) REQUIRE(same.data()[i] == doctest::Approx(3).epsilon(1e-6));
  }
}

TEST_CASE("to_gray leaves floats as they are, above 1, too") {
  Tensor<4> colours(1, 1, 3, 3);
  colours.setValues({{{{50, 200, 1}, {7.3f, 7.3f, 7.3f}, {-1, -2, -3}}}});
  const Tensor<4> gray = to_gray(colours);
  CHECK(gray(0, 0, 0, 0) == doctest::Approx(0.299 * 50 + 0.587 * 200 + 0.114).epsilon(1e-6));
  CHECK(gray(0, 0, 1, 0) == 7.3f);
  CHECK(gray(0, 0, 2, 0) == doctest::Approx(-0.299 - 2 * 0.587 - 3 * 0.114).epsilon(1e-6));
}

TEST_CASE("several images that are not square: channels, sides and sizes of each") {
  Tensor<4> images(2, 3, 4, 3);
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i * i % 73) / 73;
  const Tensor<4> gray = to_gray(images), colour = to_colour(gray), turned = turn(images);
  CHECK(gray.dimensions() == Tensor<4>(2, 3, 4, 1).dimensions());
  CHECK(colour.dimensions() == images.dimensions());
  CHECK(turned.dimensions() == Tensor<4>(2, 4, 3, 3).dimensions());
  for (Index n = 0; n < 2; ++n)
    for (Index y = 0; y < 3; ++y)
      for (Index x = 0; x < 4; ++x) {
        const double sum = 0.299 * static_cast<double>(images(n, y, x, 0)) +
                           0.587 * static_cast<double>(images(n, y, x, 1)) +
                           0.114 * static_cast<double>(images(n, y, x, 2));
        CHECK(gray(n, y, x, 0) == doctest::Approx(sum).epsilon(1e-6));
        for (Index c = 0; c < 3; ++c) {
          CHECK(colour(n, y, x, c) == gray(n, y, x, 0));
          CHECK(turned(n, x, y, c) == images(n, y, x, c));
        }
      }
  const Tensor<4> white = Tensor<4>(1, 1, 1, 3).setConstant(1);
  CHECK(to_gray(white)(0, 0, 0, 0) == 1);
  CHECK_THROWS_WITH_AS((void)to_colour(images), "to_colour: expected images of 1 channel, received 3",
                       std::invalid_argument);

  const Tensor<4> larger = resize(images, 5, 7);
  CHECK(larger.dimensions() == Tensor<4>(2, 5, 7, 3).dimensions());
  for (const Index n : {0, 1}) CHECK(difference(slice(larger, n, 1), resize(slice(images, n, 1), 5, 7)) == 0);
  CHECK(difference(resize(images, 3, 4), images) < 1e-6f);
  // Twice as many columns lie at quarters between the old ones; the first and the last are the edge's.
  const Tensor<4> wide = resize(images, 3, 8);
  for (Index x = 0; x < 8; ++x) {
    const double place = std::clamp((static_cast<double>(x) + 0.5) / 2 - 0.5, 0.0, 3.0);
    const auto left = std::min<Index>(2, static_cast<Index>(place));
    const double right = place - static_cast<double>(left);
    for (Index c = 0; c < 3; ++c)
      CHECK(wide(1, 2, x, c) == doctest::Approx((1 - right) * static_cast<double>(images(1, 2, left, c)) +
                                                right * static_cast<double>(images(1, 2, left + 1, c)))
                                    .epsilon(1e-5));
  }
  CHECK_THROWS_WITH_AS((void)resize(images, 5, 0), "resize: expected at least 1 x 1 pixels, received 5 x 0",
                       std::invalid_argument);

  CHECK(resize(Tensor<4>(1, 3, 4, 64), 2, 2).dimension(3) == 64);
  CHECK_THROWS_WITH_AS((void)resize(Tensor<4>(1, 3, 4, 65), 2, 2), "resize: expected at most 64 channels, received 65",
                       std::invalid_argument);

  // Only what differs is brought to what is wanted.
  CHECK(difference(fit(images, {.size = {3, 4}}), images) == 0);
  CHECK(difference(fit(images, {.size = {3, 5}}), resize(images, 3, 5)) == 0);
  for (const auto& [h, w] : {std::pair<Index, Index>{2, 4}, {4, 4}, {3, 3}, {1, 4}})
    CHECK(difference(fit(images, {.size = {h, w}}), resize(images, h, w)) == 0);
  const Tensor<4> square = resize(images, 4, 4);
  CHECK(difference(fit(square, {.size = {5, 4}}), resize(square, 5, 4)) == 0);
  CHECK(difference(fit(square, {.size = {4, 5}}), resize(square, 4, 5)) == 0);
  CHECK(difference(fit(images, {.channels = 1}), gray) == 0);
  CHECK(difference(fit(images, {.channels = 3}), images) == 0);
  CHECK(difference(fit(gray, {.channels = 1}), gray) == 0);
  CHECK(difference(fit(gray, {.channels = 3}), colour) == 0);
  CHECK(difference(fit(images, {.channels = 1, .size = {4, 3}, .turn = true}), to_gray(turned)) == 0);
}

TEST_CASE("options at their edges") {
  const auto error = [](const ImageOptions& options) -> std::string {
    try {
      check_options(options);
    } catch (const std::invalid_argument& problem) {
      return problem.what();
    }
    return "";
  };
  for (const int channels : {-1, 0, 1, 2, 3, 4}) {
    const bool is_right = channels == 0 || channels == 1 || channels == 3;
    CHECK(has(error({.channels = channels}), is_right ? "" : text("received ", channels)));
    CHECK((error({.channels = channels}) == "") == is_right);
  }
  CHECK(error({.size = {1, 1}}) == "");
  CHECK(error({.size = {16384, 16384}}) == error({.size = {1, 1}}));
  CHECK(has(error({.size = {16385, 1}}), "received 16385 x 1"));
  CHECK(has(error({.size = {1, 16385}}), "received 1 x 16385"));
  CHECK(has(error({.size = {0, 28}}), "received 0 x 28"));
  CHECK(has(error({.size = {28, -1}}), "received 28 x -1"));
  CHECK(has(error({.size = {-1, 28}}), "received -1 x 28"));
  CHECK(has(error({.size = {-1, -1}}), "received -1 x -1"));
  CHECK(error({.limit = 0}) == "");
  CHECK(error({.limit = 1}) == "");
  CHECK(limited(5, {}) == 5);
  CHECK(limited(5, {.limit = 4}) == 4);
  CHECK(limited(5, {.limit = 5}) == 5);
  CHECK(limited(5, {.limit = 6}) == 5);
  CHECK(limited(5, {.limit = 1}) == 1);
  using Sizes = std::pair<Index, Index>;
  const auto square = [](Index numbers) {
    const auto [side, channels] = square_image(numbers);
    return Sizes(side, channels);
  };
  CHECK(square(784) == Sizes(28, 1));
  CHECK(square(3072) == Sizes(32, 3));
  CHECK(square(1) == Sizes(1, 1));
  CHECK(square(2) == Sizes(0, 0));
  CHECK(square(3) == Sizes(1, 3));
  CHECK(square(0) == Sizes(0, 0));
}
