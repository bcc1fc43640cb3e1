/// MNIST and the data sets that come in the same four files.
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/fingerprint.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/idx.hpp"

namespace latent::datasets {

/// images (number, height, width, 1) in 0 ... 1, and a label for each.
struct LabelledImages {
  Tensor<4> images;
  std::vector<int> labels;
};

using latent::first_of;  // of tensors: this one would hide it

/// The first `count` images with their labels, or all if there are not as many or `count` is 0. Throws std::invalid_argument if there are
/// more or fewer labels than images, and for a `count` below 0.
[[nodiscard]] inline LabelledImages first_of(const LabelledImages& data, Index count) {
  check(static_cast<Index>(data.labels.size()) == data.images.dimension(0), "first_of: ", data.images.dimension(0),
        " images but ", data.labels.size(), " labels");
  Tensor<4> images = first_of(data.images, count);
  const auto end = data.labels.begin() + images.dimension(0);
  return {std::move(images), {data.labels.begin(), end}};
}

/// `const auto [train, test] = load_mnist("data/mnist");`
struct Dataset {
  LabelledImages train, test;
};

/// Sixteen hexadecimal digits by which what was computed from some images can be recognised.
LATENT_COLD inline std::string fingerprint(const Tensor<4>& images) {
  return fingerprint_of(images.data(), images.size());
}

/// Where the idx file `name` may lie in a folder: under its name, that of Kaggle's copies (train-images.idx3-ubyte), in a
/// folder of that name, as Kaggle's archive has it, and each of these with .gz.
LATENT_COLD inline std::vector<std::string> idx_places(const std::string& folder, const std::string& name) {
  std::string other = name;
  if (const std::size_t dash = other.rfind("-idx"); dash != std::string::npos) other[dash] = '.';
  std::vector<std::string> places;
  for (const std::string& file : {name, name + "/" + name, other, other + "/" + other, name + "/" + other})
    for (const char* ending : {"", ".gz"}) places.push_back((std::filesystem::path(folder) / (file + ending)).string());
  return places;
}

/// The first of the `idx_places` where there is a file, or "".
LATENT_COLD inline std::string existing_idx(const std::string& folder, const std::string& name) {
  std::error_code error;
  for (const std::string& place : idx_places(folder, name))
    if (std::filesystem::exists(place, error) && !std::filesystem::is_directory(place, error)) return place;
  return "";
}

/// The first of the `idx_places` where there is a file. Throws FileError if there is none.
LATENT_COLD inline std::string find_idx(const std::string& folder, const std::string& name) {
  const std::string found = existing_idx(folder, name);
  if (found.empty())
    throw FileError(idx_places(folder, name)[0],
                    "is not there, and neither is the same name with .gz; scripts/fetch_data.sh downloads MNIST, and "
                    "data/mnist_sample has some digits to try");
  return found;
}

/// Loads `folder/<part>-images-idx3-ubyte` and `folder/<part>-labels-idx1-ubyte`, plain or .gz, or under Kaggle's
/// names; `part` is "train" or "t10k". Throws FileError unless the images are 28 x 28 and there is a label 0 ... 9 for each.
LATENT_COLD inline LabelledImages load_mnist_part(const std::string& folder, const std::string& part) {
  const std::string image_path = find_idx(folder, part + "-images-idx3-ubyte");
  const std::string label_path = find_idx(folder, part + "-labels-idx1-ubyte");
  LabelledImages data{read_idx_images(image_path), read_idx_labels(label_path)};
  const Index height = data.images.dimension(1), width = data.images.dimension(2);
  if (height != 28 || width != 28) {
    throw FileError(image_path, text("expected images of 28 x 28 pixels, received ", height, " x ", width));
  }
  if (static_cast<Index>(data.labels.size()) != data.images.dimension(0)) {
    throw FileError(label_path, text("expected ", data.images.dimension(0), " labels, as many as the images in ",
                                     image_path, ", received ", data.labels.size()));
  }
  const auto wrong = std::find_if(data.labels.begin(), data.labels.end(), [](int label) { return label > 9; });
  if (wrong != data.labels.end()) {
    throw FileError(label_path, text("expected labels 0 to 9, received ", *wrong, " at offset ",
                                     8 + (wrong - data.labels.begin())));
  }
  return data;
}

/// Loads the four files of MNIST: handwritten digits, 60,000 for training and 10,000 for testing, (number, 28, 28, 1),
/// 0 the paper and 1 the ink. They are in `folder` or, as for the programs' `--data`, in its subfolder mnist. Throws FileError.
LATENT_COLD inline Dataset load_mnist(const std::string& folder) {
  const std::string below = (std::filesystem::path(folder) / "mnist").string(), first = "train-images-idx3-ubyte";
  const std::string& place =
      existing_idx(folder, first).empty() && !existing_idx(below, first).empty() ? below : folder;
  return {load_mnist_part(place, "train"), load_mnist_part(place, "t10k")};
}

/// What the labels 0 ... 9 of Fashion-MNIST mean.
inline constexpr std::array<const char*, 10> fashion_classes{"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
                                                             "Sandal",  "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

/// Whether a folder, or a file in it, is called Fashion-MNIST: by its own name or, if that says nothing (FashionMNIST/raw,
/// fashionmnist/versions/4, the names of the files), by that of the folder around it. A folder further out may be called anything.
LATENT_COLD inline bool is_called_fashion(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path place = std::filesystem::absolute(path, error).lexically_normal();
  for (; place.has_relative_path(); place = place.parent_path()) {
    const std::string name = in_small_letters(place.filename().string());
    if (name.find("fashion") != std::string::npos) return true;
    const bool says_nothing = name == "raw" || name == "versions" || name == "gzip" ||
                              name.starts_with("train-images") ||
                              name.find_first_not_of("0123456789.") == std::string::npos;
    if (!says_nothing) return false;
  }
  return false;
}

/// Loads Fashion-MNIST, which has the same files, sizes and number of classes, but shows clothes: 0 T-shirt, 1
/// trousers, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot. Throws FileError.
LATENT_COLD inline Dataset load_fashion_mnist(const std::string& folder) { return load_mnist(folder); }

}  // namespace latent::datasets
