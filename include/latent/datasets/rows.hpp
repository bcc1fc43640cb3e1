/// Converts images to rows of numbers, for dense layers, and back.
#pragma once

#include <algorithm>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::datasets {

/// (number, height, width, channels) becomes (number, height * width * channels): images.reshape(len(images), -1) in
/// NumPy.
[[nodiscard]] inline Tensor<2> as_rows(const Tensor<4>& images) {
  auto rows = new_tensor<Tensor<2>>(Tensor<2>::Dimensions(images.dimension(0), sample_size(images)));
  std::copy_n(images.data(), images.size(), rows.data());
  return rows;
}

/// (number) becomes (number, 1): a column, as the targets of Dense<1>; y.reshape(-1, 1) in NumPy.
[[nodiscard]] inline Tensor<2> as_rows(const Tensor<1>& numbers) {
  auto column = new_tensor<Tensor<2>>(Tensor<2>::Dimensions(numbers.dimension(0), 1));
  std::copy_n(numbers.data(), numbers.size(), column.data());
  return column;
}

/// (number, height * width * channels) becomes (number, height, width, channels). Throws std::invalid_argument if the
/// rows have another length.
[[nodiscard]] inline Tensor<4> as_images(const Tensor<2>& rows, Index height, Index width, Index channels = 1) {
  check(height > 0 && width > 0 && channels > 0 && rows.dimension(1) == height * width * channels,
        "as_images: rows of ", rows.dimension(1), " numbers are no images of ", height, " x ", width, " x ", channels);
  auto images = new_tensor<Tensor<4>>(Tensor<4>::Dimensions(rows.dimension(0), height, width, channels));
  std::copy_n(rows.data(), rows.size(), images.data());
  return images;
}

}  // namespace latent::datasets
