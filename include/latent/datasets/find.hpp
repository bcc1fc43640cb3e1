/// Looks for MNIST on this machine, and describes what was found.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "latent/core/text.hpp"
#include "latent/datasets/mnist.hpp"
#ifdef LATENT_FILES
#include "latent/datasets/npz_dataset.hpp"
#endif

namespace latent::datasets {

/// Which data was found.
enum class Kind { mnist, fashion_mnist, sample };

/// Where a data set lies (a folder, or Keras's mnist.npz), what it is, and a sentence that a program shows before it uses
/// it.
struct Found {
  std::string folder;  ///< where the files are
  Kind kind;
  std::string description;
};

/// Where Debian's package dataset-fashion-mnist puts its files.
inline constexpr const char* debian_fashion_mnist = "/usr/share/datasets/fashion-mnist";

/// Where Keras keeps what it has downloaded: $KERAS_HOME/datasets, otherwise ~/.keras/datasets. Empty if neither variable
/// is set.
LATENT_COLD inline std::filesystem::path keras_datasets() {
  const char *keras = std::getenv("KERAS_HOME"), *home = std::getenv("HOME");
  if (keras && *keras) return std::filesystem::path(keras) / "datasets";
  return home && *home ? std::filesystem::path(home) / ".keras/datasets" : std::filesystem::path();
}

/// Whether .npz files can be read: where latent::files is linked.
#ifdef LATENT_FILES
inline constexpr bool reads_npz = true;
#else
inline constexpr bool reads_npz = false;
#endif

/// True if this is the file mnist.npz, which Keras loads MNIST from, and it can be read.
LATENT_COLD inline bool is_mnist_npz(const std::filesystem::path& path) {
  std::error_code error;
  return reads_npz && path.filename() == "mnist.npz" && std::filesystem::is_regular_file(path, error);
}

/// True if the images for training are in this folder.
LATENT_COLD inline bool holds_mnist(const std::filesystem::path& folder) {
  return !existing_idx(folder.string(), "train-images-idx3-ubyte").empty();
}

#ifdef LATENT_FILES
/// The number of samples in an array of an .npz file. Throws FileError.
LATENT_COLD inline Index npz_count(const std::string& path, const std::string& name) {
  for (const NpzEntry& entry : npz_entries(path))
    if (entry.name == name && !entry.header.shape.empty()) return entry.header.shape[0];
  throw FileError(path, text("has no array ", name));
}
#endif

/// Reads how many images there are, and says what they are: Fashion-MNIST if the folder `is_called_fashion`,
/// a sample if there are fewer than MNIST's 60,000. The message says where to get the digits. `folder` may be an
/// mnist.npz. Throws FileError.
LATENT_COLD inline Found describe_mnist(const std::filesystem::path& folder, bool wants_digits = true) {
  const auto count = [&](const std::string& name) {
#ifdef LATENT_FILES
    if (is_mnist_npz(folder))
      return npz_count(folder.string(), name == "train-images-idx3-ubyte" ? "x_train" : "x_test");
#endif
    ByteReader file(find_idx(folder.string(), name));
    return read_idx_header(file, 3).shape[0];
  };
  const Index train = count("train-images-idx3-ubyte"), test = count("t10k-images-idx3-ubyte");
  const std::string counts = with_commas(train) + " + " + with_commas(test), from = " from " + folder.string();
  const std::string advice = "put MNIST into data/mnist or run scripts/fetch_data.sh";
  if (is_called_fashion(folder)) {
    return {folder.string(), Kind::fashion_mnist,
            wants_digits ? "Fashion-MNIST, clothes and not digits: " + counts + " images" + from + " (" + advice + ")"
                         : "Fashion-MNIST: " + counts + " images" + from};
  }
  if (train < 60000) {
    return {folder.string(), Kind::sample,
            "SAMPLE of MNIST: only " + counts + " digits" + from + " (for all 60,000 + 10,000, " + advice + ")"};
  }
  return {folder.string(), Kind::mnist, "MNIST: " + counts + " digits" + from};
}

/// The folders that are searched for data: only `preferred` if that is not empty; otherwise the folder that the
/// environment variable LATENT_DATA names, and data.
LATENT_COLD inline std::vector<std::filesystem::path> data_folders(const std::string& preferred) {
  if (!preferred.empty()) return {preferred};
  std::vector<std::filesystem::path> folders{"data"};
  const char* variable = std::getenv("LATENT_DATA");
  if (variable && *variable) folders.insert(folders.begin(), variable);
  return folders;
}

/// The first of `places` that satisfies `wanted`. Throws std::invalid_argument, with the complaint and all places, if none does.
LATENT_COLD inline std::filesystem::path first_place(const std::vector<std::filesystem::path>& places,
                                                     bool (*wanted)(const std::filesystem::path&),
                                                     const std::string& complaint) {
  std::string searched;
  for (const auto& place : places) {
    if (wanted(place)) return place;
    searched += "\n  " + place.string();
  }
  throw std::invalid_argument(complaint + searched);
}

/// A folder or file with other data: `name` in one of the `data_folders`, or `preferred` itself. Throws
/// std::invalid_argument, with the places it looked at, if there is nothing.
LATENT_COLD inline std::string find_data(const std::string& name, const std::string& preferred = "") {
  std::vector<std::filesystem::path> places;
  for (const auto& folder : data_folders(preferred)) places.push_back(folder / name);
  if (!preferred.empty()) places.push_back(preferred);
  const auto exists = [](const std::filesystem::path& place) {
    std::error_code error;
    return std::filesystem::exists(place, error);
  };
  return first_place(places, exists, name + " was not found; looked for").string();
}

/// Looks for MNIST in the `data_folders` (each time the folder itself, its subfolder mnist, and mnist.npz in it); then,
/// unless it was told where, where Keras keeps its mnist.npz; then for Fashion-MNIST where Debian puts it, and for the
/// sample that comes with the project. Throws std::invalid_argument, with the places it looked at, if there is nothing.
LATENT_COLD inline Found find_mnist(const std::string& preferred = "") {
  std::vector<std::filesystem::path> folders;
  for (const auto& folder : data_folders(preferred)) {
    folders.push_back(folder);
    folders.push_back(folder / "mnist");
    if (reads_npz) folders.push_back(folder / "mnist.npz");
  }
  if (preferred.empty()) {
    if (reads_npz && !keras_datasets().empty()) folders.push_back(keras_datasets() / "mnist.npz");
    folders.push_back(debian_fashion_mnist);
    folders.push_back("data/mnist_sample");
#ifdef LATENT_SOURCE_DIR
    folders.push_back(LATENT_SOURCE_DIR "/data/mnist_sample");
#endif
  }
  const auto is_mnist = [](const std::filesystem::path& place) { return is_mnist_npz(place) || holds_mnist(place); };
  return describe_mnist(first_place(folders, is_mnist,
                                    "MNIST was not found (scripts/fetch_data.sh downloads it); expected "
                                    "train-images-idx3-ubyte or train-images-idx3-ubyte.gz in"));
}

/// Looks for Fashion-MNIST: in the subfolder fashion-mnist of the `data_folders`; then in `preferred` itself or, if that
/// is empty, where Keras and Debian put it. Throws std::invalid_argument, with the folders it looked into, if it is not there.
LATENT_COLD inline Found find_fashion_mnist(const std::string& preferred = "") {
  std::vector<std::filesystem::path> folders;
  for (const auto& folder : data_folders(preferred)) folders.push_back(folder / "fashion-mnist");
  if (preferred.empty() && !keras_datasets().empty()) folders.push_back(keras_datasets() / "fashion-mnist");
  folders.push_back(preferred.empty() ? debian_fashion_mnist : preferred);
  const std::string complaint =
      text("Fashion-MNIST was not found (Debian's package dataset-fashion-mnist puts it into ", debian_fashion_mnist,
           "); expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz in");
  Found found = describe_mnist(first_place(folders, holds_mnist, complaint), false);
  if (found.kind != Kind::fashion_mnist) found.description += ", taken for Fashion-MNIST";
  found.kind = Kind::fashion_mnist;
  return found;
}

/// Loads what `find_mnist` found. Throws FileError.
LATENT_COLD inline Dataset load(const Found& found) {
#ifdef LATENT_FILES
  if (is_mnist_npz(found.folder)) return read_npz_dataset(found.folder);
#endif
  return load_mnist(found.folder);  // Fashion-MNIST has the same files
}

}  // namespace latent::datasets
