/// CIFAR-10's binary version: data_batch_1.bin to data_batch_5.bin and test_batch.bin, in a folder or in
/// cifar-10-binary.tar.gz. Needs libarchive and stb (link latent::files), so it is not part of latent/datasets.hpp.
///
/// An image is 3073 bytes: the label 0 ... 9, then 32 rows of 32 pixels in red, the same in green, the same in blue.
/// https://www.cs.toronto.edu/~kriz/cifar.html
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/files.hpp"
#include "latent/datasets/archive.hpp"
#include "latent/datasets/fit.hpp"
#include "latent/datasets/image_options.hpp"
#include "latent/datasets/mnist.hpp"

namespace latent::datasets {

/// What the labels 0 ... 9 of CIFAR-10 mean.
inline constexpr std::array<const char*, 10> cifar10_classes{"airplane", "automobile", "bird",  "cat",  "deer",
                                                             "dog",      "frog",       "horse", "ship", "truck"};

/// The bytes of one image and its label.
inline constexpr Index cifar10_record = 3073;

/// The images in the bytes of one file, or the first `limit` of them, as they are in the file. Throws FileError.
LATENT_COLD inline LabelledImages decode_cifar10(const std::string& path, std::string_view bytes, Index limit = 0) {
  constexpr Index side = 32, pixels = side * side, record = cifar10_record;
  const auto size = static_cast<Index>(bytes.size());
  if (size == 0 || size % record != 0)
    throw FileError(path, text("is no CIFAR-10 batch: expected a multiple of ", record, " bytes, received ", size));
  check(limit >= 0, path, ": expected a limit of at least 0, received ", limit);
  const Index count = limit > 0 ? std::min(limit, size / record) : size / record;
  LabelledImages read{Tensor<4>(count, side, side, 3), {}};
  const auto byte = [&](Index at) { return int{static_cast<unsigned char>(bytes.at(static_cast<std::size_t>(at)))}; };
  for (Index n = 0; n < count; ++n) {
    if (byte(n * record) > 9)
      throw FileError(path, text("expected labels 0 to 9, received ", byte(n * record), " at offset ", n * record));
    read.labels.push_back(byte(n * record));
    for (Index i = 0; i < pixels; ++i)
      for (Index channel = 0; channel < 3; ++channel)
        read.images.data()[(n * pixels + i) * 3 + channel] =
            static_cast<float>(byte(n * record + 1 + channel * pixels + i)) / 255.0f;
  }
  return read;
}

/// The names of CIFAR-10's files that hold images; the last is for testing.
inline constexpr std::array<const char*, 6> cifar10_files{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                          "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};

/// Loads the six files of a folder, or of an archive of one: 50,000 images for training and 10,000 for testing, (number,
/// 32, 32, 3). Throws FileError, also if one is missing.
LATENT_COLD_STATIC Dataset load_cifar10(const std::string& path, const ImageOptions& options = {}) {
  check_options(options);
  namespace fs = std::filesystem;
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  const auto file_name = [](const std::string& name) { return fs::path(name).filename().string(); };
  NamedBytes members;  // of an archive, by file name
  if (!is_folder)
    for (auto& [name, bytes] : read_archive(path, [&](const std::string& name) {
           return std::find(cifar10_files.begin(), cifar10_files.end(), file_name(name)) != cifar10_files.end();
         }))
      members[file_name(name)] = std::move(bytes);

  const auto load = [&](std::size_t first, std::size_t last) {
    LabelledImages all;
    for (std::size_t i = first; i <= last; ++i) {
      const std::string name = cifar10_files[i], place = (fs::path(path) / name).string();
      if (!is_folder && !members.contains(name)) throw FileError(path, text("has no ", name));
      const std::string bytes = is_folder ? read_file(place) : std::move(members[name]);
      const auto done = static_cast<Index>(all.labels.size());
      if (options.limit > 0 && done == options.limit) break;
      LabelledImages batch =
          decode_cifar10(is_folder ? place : path, bytes, options.limit > 0 ? options.limit - done : 0);
      batch.images = fit(std::move(batch.images), options);
      all.labels.insert(all.labels.end(), batch.labels.begin(), batch.labels.end());
      if (i == first) {  // the files are all of one size
        auto sizes = batch.images.dimensions();
        sizes[0] = limited(sizes[0] * static_cast<Index>(last - first + 1), options);
        all.images = new_tensor<Tensor<4>>(sizes);
      }
      if (static_cast<Index>(all.labels.size()) > all.images.dimension(0))
        throw FileError(is_folder ? place : path, text("expected as many images in ", name, " as in ",
                                                       cifar10_files[first], ", received ", batch.labels.size()));
      std::copy_n(batch.images.data(), batch.images.size(), all.images.data() + done * sample_size(all.images));
    }
    if (static_cast<Index>(all.labels.size()) != all.images.dimension(0))
      throw FileError(path, "has CIFAR-10 batches of different sizes");
    return all;
  };
  return {load(0, 4), load(5, 5)};
}

}  // namespace latent::datasets
