/// Images in folders that are named after their classes, on disk or in an archive: train/digit_0/17204.png. Needs
/// stb_image.h (datasets/png_reader.hpp), so it is not part of latent/datasets.hpp.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "latent/datasets/mnist.hpp"
#include "latent/datasets/png_reader.hpp"
#include "latent/datasets/tar.hpp"

namespace latent::datasets {

/// images (number, height, width, 1 or 3) in 0 ... 1, sorted by class and name; a label for each, and what the labels
/// mean.
struct ImageFolder : LabelledImages {
  std::vector<std::string> classes;
};

/// Decodes files whose names end in class/name.png; the classes are numbered in alphabetical order. `where` is for
/// messages. Throws FileError if there are none, one cannot be decoded, or one has another size or number of channels
/// than the first.
[[maybe_unused, gnu::cold]] static ImageFolder decode_images(const std::string& where, std::vector<NamedBytes> files) {
  std::erase_if(files, [](const NamedBytes& file) { return std::filesystem::path(file.name).extension() != ".png"; });
  if (files.empty()) throw FileError(where, "has no PNG files");
  std::sort(files.begin(), files.end(), [](const NamedBytes& a, const NamedBytes& b) { return a.name < b.name; });
  const auto class_of = [](const NamedBytes& file) {
    return std::filesystem::path(file.name).parent_path().filename().string();
  };
  ImageFolder folder;
  for (const NamedBytes& file : files) folder.classes.push_back(class_of(file));
  std::sort(folder.classes.begin(), folder.classes.end());
  folder.classes.erase(std::unique(folder.classes.begin(), folder.classes.end()), folder.classes.end());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string path = (std::filesystem::path(where) / files[i].name).string();
    const Tensor<4> image = decode_png(path, files[i].bytes);
    auto dimensions = image.dimensions();
    dimensions[0] = static_cast<Index>(files.size());
    if (i == 0) folder.images.resize(dimensions);
    for (std::size_t axis = 1; axis < 4; ++axis)
      if (folder.images.dimension(axis) != image.dimension(axis))
        throw FileError(
            path, text("expected an image of (height, width, channels) ", folder.images.dimension(1), " x ",
                       folder.images.dimension(2), " x ", folder.images.dimension(3), " like the others, received ",
                       image.dimension(1), " x ", image.dimension(2), " x ", image.dimension(3)));
    std::copy_n(image.data(), image.size(), folder.images.data() + static_cast<Index>(i) * image.size());
    const auto found = std::lower_bound(folder.classes.begin(), folder.classes.end(), class_of(files[i]));
    folder.labels.push_back(static_cast<int>(found - folder.classes.begin()));
  }
  return folder;
}

/// Reads folder/<class>/<name>.png. Throws FileError, as `decode_images`.
[[maybe_unused, gnu::cold]] static ImageFolder read_image_folder(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) throw FileError(folder, "is no folder");
  std::vector<NamedBytes> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".png")
      files.push_back({std::filesystem::relative(entry.path(), folder).string(), read_file(entry.path().string())});
  return decode_images(folder, std::move(files));
}

/// Reads the images under train/ and test/, from a folder or from an archive (.tar, .tar.gz) of one. Throws FileError.
[[maybe_unused, gnu::cold]] static std::array<ImageFolder, 2> read_train_and_test_folders(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    const std::filesystem::path folder(path);
    return {read_image_folder((folder / "train").string()), read_image_folder((folder / "test").string())};
  }
  std::vector<NamedBytes> train, test;
  for (NamedBytes& file : read_tar(path)) {
    if (file.name.starts_with("train/"))
      train.push_back(std::move(file));
    else if (file.name.starts_with("test/"))
      test.push_back(std::move(file));
  }
  return {decode_images(path, std::move(train)), decode_images(path, std::move(test))};
}

}  // namespace latent::datasets
