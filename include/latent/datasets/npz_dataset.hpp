/// Labelled images in NumPy's arrays, as they are: .npz like Keras's mnist.npz. Needs libarchive (link latent::files), so it
/// is not part of latent/datasets.hpp. With options: datasets/array_images.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "latent/datasets/image_options.hpp"
#include "latent/datasets/mnist.hpp"
#include "latent/datasets/npz.hpp"

namespace latent::datasets {

/// Whether the images in an array of that name are rows of red, green and blue one after the other: `wanted`, or as in CIFAR's Python
/// version, whose array is called data.
LATENT_COLD inline bool has_planes(const std::string& name, const std::optional<bool>& wanted) {
  return wanted.value_or(name == "data");
}

/// Whether an array is colour images as rows of numbers, (number, 3072).
LATENT_COLD inline bool has_colour_rows(const NpyHeader& header) {
  return header.shape.size() == 2 && square_image(header.shape[1]).channels == 3;
}

/// Images of shape (number, height, width), (number, height, width, 1 or 3), or rows of square images, (number, 784) or
/// (number, 3072); the first `limit` of them, if that is not 0. In rows of colours, `planes` come one after the other, or pixels. Whole
/// numbers are pixels 0 ... 255 and become 0 ... 1; floats and bool stay as they are. Throws FileError.
LATENT_COLD inline Tensor<4> read_array_images(const NpySource& source, Index limit, bool planes = false) {
  const NpyHeader header = read_npy_header(source);
  const auto& shape = header.shape;
  Tensor<4>::Dimensions sizes(0, 0, 0, 1);
  if (shape.size() == 2) {
    const auto [side, channels] = square_image(shape[1]);
    sizes = Tensor<4>::Dimensions(shape[0], side, side, channels);
  } else if (shape.size() == 3 || (shape.size() == 4 && (shape[3] == 1 || shape[3] == 3))) {
    std::copy(shape.begin(), shape.end(), sizes.begin());
  }
  const Index all = sizes[0] * sizes[1] * sizes[2] * sizes[3];
  if (all == 0)
    throw FileError(source.path, text(source.member,
                                      "expected images (number, height, width), (number, height, width, "
                                      "1 or 3) or square ones as rows, received the shape ",
                                      shape_text(shape)));
  Tensor<4> images;
  if (header.is_fortran) {  // the first images are not the first elements
    images = new_tensor<Tensor<4>>(sizes);
    read_npy_elements(source, header, header.count, images.data());
    images = first_of(images, limit);
  } else {
    if (limit > 0) sizes[0] = std::min(sizes[0], limit);
    images = new_tensor<Tensor<4>>(sizes);
    read_npy_elements(source, header, static_cast<std::size_t>(images.size()), images.data());
  }
  if (header.is_fortran || images.dimension(0) == shape[0]) expect_npy_end(source, header);
  if (planes && has_colour_rows(header)) planes_to_pixels(images);
  if (header.type.holds_pixels()) scale_pixels(source.path, images.data(), images.size());
  return images;
}

/// Labels of shape (number) or (number, 1), whole numbers of at least 0. Throws FileError.
LATENT_COLD inline std::vector<int> read_array_labels(const NpySource& source, Index limit) {
  check(limit >= 0, source.path, ": expected a limit of at least 0, received ", limit);
  NpyHeader header = read_npy_header(source);
  if (header.shape.empty() || static_cast<std::size_t>(header.shape[0]) != header.count)
    throw FileError(source.path, text(source.member, "expected a label for each image, (number), received the shape ",
                                      shape_text(header.shape)));
  header.is_fortran = false;  // the order of one column is the same
  std::vector<float> numbers(limit > 0 ? std::min(header.count, static_cast<std::size_t>(limit)) : header.count);
  read_npy_elements(source, header, numbers.size(), numbers.data());
  if (numbers.size() == header.count) expect_npy_end(source, header);
  std::vector<int> labels;
  for (const float number : numbers) {
    if (!(number >= 0 && number <= 1e9f && number == std::floor(number)))
      throw FileError(source.path, text(source.member, "expected labels 0, 1 ..., received ", number));
    labels.push_back(static_cast<int>(number));
  }
  return labels;
}

/// The arrays of an .npz file that are a data set; "" for what is not there.
struct NpzImages {
  std::string train_images, train_labels, test_images, test_labels;  ///< their names

  /// Whether it is one of them.
  bool has(const std::string& name) const {
    return name == train_images || name == train_labels || name == test_images || name == test_labels;
  }
};

/// Which of the arrays are images and labels: x_train, y_train, x_test, y_test as in Keras's mnist.npz, or train_images,
/// train_labels ... as in MedMNIST; images, labels, or x, y, or data, target, or arr_0, arr_1, as np.savez calls what it is given
/// without names, which are all for training; or one array alone, which is images without labels. Throws FileError for others, with
/// the names there are.
LATENT_COLD inline NpzImages npz_images(const std::string& path, const std::vector<NpzEntry>& entries) {
  const auto existing = [&](const char* name) -> std::string {
    for (const NpzEntry& entry : entries)
      if (entry.name == name) return name;
    return "";
  };
  static constexpr const char* known[][4]{{"x_train", "y_train", "x_test", "y_test"},
                                          {"X_train", "y_train", "X_test", "y_test"},
                                          {"train_images", "train_labels", "test_images", "test_labels"},
                                          {"images", "labels", "test_images", "test_labels"},
                                          {"images", "targets", "", ""},
                                          {"x", "y", "x_test", "y_test"},
                                          {"X", "y", "X_test", "y_test"},
                                          {"X", "Y", "", ""},
                                          {"data", "target", "", ""},
                                          {"data", "labels", "", ""},
                                          {"arr_0", "arr_1", "", ""}};
  NpzImages chosen;
  for (const auto& [train_images, train_labels, test_images, test_labels] : known) {
    const NpzImages found{existing(train_images), existing(train_labels), existing(test_images), existing(test_labels)};
    if (found.train_images.empty() || (!chosen.train_images.empty() && found.train_labels.empty())) continue;
    chosen = found;
    if (!found.train_labels.empty()) break;
  }
  if (chosen.train_labels.empty() && entries.size() == 1) chosen = {entries[0].name, "", "", ""};
  if (chosen.train_images.empty())
    throw FileError(
        path, text("expected x_train, y_train, x_test and y_test, or images and labels, received ", npz_text(entries)));
  for (const NpzEntry& entry : entries)
    if (chosen.has(entry.name) && !entry.problem.empty())
      throw FileError(path, text(entry.name, ".npy: ", entry.problem));
  return chosen;
}

/// Reads the labelled images of an .npz file, those of `npz_images`; colours in rows as `ImageOptions::planes` says. Throws FileError.
LATENT_COLD inline Dataset read_npz_dataset(const std::string& path, Index limit = 0,
                                            const std::optional<bool>& planes = {}) {
  const std::vector<NpzEntry> entries = npz_entries(path);
  const auto count = [&](const std::string& name) {
    return std::find_if(entries.begin(), entries.end(), [&](const NpzEntry& entry) { return entry.name == name; })
        ->header.shape[0];
  };
  const auto part = [&](const std::string& images, const std::string& labels) {
    LabelledImages read;
    if (images.empty()) return read;
    with_npz_array(path, images, [&](const NpySource& source) {
      read.images = read_array_images(source, limit, has_planes(images, planes));
    });
    if (labels.empty()) return read;
    with_npz_array(path, labels, [&](const NpySource& source) { read.labels = read_array_labels(source, limit); });
    if (count(labels) != count(images))
      throw FileError(path, text("expected ", count(images), " labels in ", labels, ", as many as images in ", images,
                                 ", received ", count(labels)));
    return read;
  };
  const NpzImages names = npz_images(path, entries);
  return {part(names.train_images, names.train_labels), part(names.test_images, names.test_labels)};
}

}  // namespace latent::datasets
