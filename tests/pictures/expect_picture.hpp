/// Whole pictures, pixel by pixel, as somebody has looked at them: tests/pictures/references/. After a change that is wanted
///   LATENT_WRITE_REFERENCES=1 build/test/tests/test_pictures_references   (and test_pictures_grid, test_pictures_bars)
/// draws them anew; look at them before they are committed.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>

#include "latent/core/files.hpp"
#include "latent/core/tensor.hpp"
#include "latent/pictures/png.hpp"
#include "pictures/decode.hpp"

/// Grey may differ by what a rounding does to it on another processor: the edge of a line is a share of 255 that is
/// computed in doubles, and an error in its last digits decides about one step where it lies between two.
[[maybe_unused]] static void expect_picture(const std::string& name, const latent::pictures::Image& image) {
  CAPTURE(name);
  const std::string path = LATENT_SOURCE_DIR "/tests/pictures/references/" + name + ".png";
  if (std::getenv("LATENT_WRITE_REFERENCES")) latent::pictures::save_png(path, image);
  const std::string stored = latent::read_file(path);
  const latent::pictures::Image expected = decode_png(stored);
  CHECK(latent::pictures::png_text(stored, "Title") == image.title);
  REQUIRE(image.width == expected.width);
  REQUIRE(image.height == expected.height);
  int other = 0;
  for (std::size_t i = 0; i < image.rgb.size(); ++i) other += std::abs(image.rgb[i] - expected.rgb[i]) > 1 ? 1 : 0;
  CHECK_MESSAGE(other == 0, other, " of ", image.rgb.size(), " bytes differ");
}

/// Images of size 4 x 3 that are all different, of 1 or 3 channels.
[[maybe_unused]] static latent::Tensor<4> images(latent::Index count, latent::Index channels) {
  latent::Tensor<4> all(count, 4, 3, channels);
  for (latent::Index i = 0; i < all.size(); ++i) all.data()[i] = static_cast<float>(i * 37 % 101) / 100;
  return all;
}
