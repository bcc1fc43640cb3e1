/// Several pictures as one.
#pragma once

#include <vector>

#include "latent/pictures/image.hpp"

namespace latent::pictures {

/// Pictures from left to right on white, all from the same top:
///
///     save_png("two.png", beside({scatter(pca), scatter(tsne)}));
///
/// Throws `std::invalid_argument` if there is none.
LATENT_COLD inline Image beside(const std::vector<Image>& pictures) {
  check(!pictures.empty(), "beside: expected at least 1 picture, received none");
  std::int64_t width = 0;
  int height = 0;
  for (const Image& picture : pictures) width += picture.width, height = std::max(height, picture.height);
  Image all(width, height);
  int left = 0;
  for (const Image& picture : pictures) {
    for (int y = 0; y < picture.height; ++y)
      for (int x = 0; x < picture.width; ++x) all.blend(left + x, y, picture.pixel(x, y));
    left += picture.width;
    if (!picture.title.empty()) all.title += (all.title.empty() ? "" : "; ") + picture.title;
  }
  return all;
}

}  // namespace latent::pictures
