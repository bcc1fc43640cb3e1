/// Labelled images in NumPy's arrays, with options: .npy, and .npz like Keras's mnist.npz. Needs libarchive and stb (link
/// latent::files), so it is not part of latent/datasets.hpp.
#pragma once

#include <string>
#include <utility>

#include "latent/datasets/fit.hpp"
#include "latent/datasets/image_options.hpp"
#include "latent/datasets/mnist.hpp"
#include "latent/datasets/npz_dataset.hpp"

namespace latent::datasets {

/// Reads a .npy file of images, which has no labels: shapes and types as in `read_array_images`. Throws FileError.
LATENT_COLD_STATIC LabelledImages read_npy_images(const std::string& path, const ImageOptions& options = {}) {
  check_options(options);
  Tensor<4> images = with_npy_file(path, [&](const NpySource& source) {
    return read_array_images(source, options.limit, has_planes("", options.planes));
  });
  return {fit(std::move(images), options), {}};
}

/// Reads the labelled images of an .npz file: names as in `read_npz_dataset`. Throws FileError.
LATENT_COLD_STATIC Dataset read_npz_images(const std::string& path, const ImageOptions& options = {}) {
  check_options(options);
  Dataset data = read_npz_dataset(path, options.limit, options.planes);
  for (LabelledImages* part : {&data.train, &data.test}) part->images = fit(std::move(part->images), options);
  return data;
}

}  // namespace latent::datasets
