/// Looks for MNIST on this machine and says loudly what was found.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/datasets/mnist.hpp"

namespace latent::datasets {

enum class Kind { mnist, fashion_mnist, sample };

/// Where a data set lies, what it is, and a sentence that a program shows before it uses it.
struct Found {
  std::string folder;
  Kind kind;
  std::string description;
};

/// Where Debian's package dataset-fashion-mnist puts its files.
inline constexpr const char* debian_fashion_mnist = "/usr/share/datasets/fashion-mnist";

/// True if the images for training are in this folder.
[[gnu::cold]] inline bool holds_mnist(const std::filesystem::path& folder) {
  const std::string images = (folder / "train-images-idx3-ubyte").string();
  std::error_code error;
  return std::filesystem::exists(images, error) || std::filesystem::exists(images + ".gz", error);
}

/// Reads how many images there are, and says what they are: Fashion-MNIST if the folder's name has "fashion" in it,
/// a sample if there are fewer than MNIST's 60,000. Whoever wants digits is told where to get them. Throws FileError.
[[gnu::cold]] inline Found describe_mnist(const std::filesystem::path& folder, bool wants_digits = true) {
  const auto count = [&](const std::string& name) {
    ByteReader file(find_idx(folder.string(), name));
    return read_idx_header(file, 3)[0];
  };
  const Index train = count("train-images-idx3-ubyte"), test = count("t10k-images-idx3-ubyte");
  const std::string counts = with_commas(train) + " + " + with_commas(test), from = " from " + folder.string();
  const std::string advice = "put MNIST into data/mnist or run scripts/fetch_data.sh";
  if (folder.string().find("fashion") != std::string::npos) {
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

/// Looks for Fashion-MNIST: in `preferred` if that is not empty, and nowhere else, otherwise where Debian puts it.
/// Throws std::invalid_argument if it is not there.
[[gnu::cold]] inline Found find_fashion_mnist(const std::string& preferred = "") {
  const std::filesystem::path folder = preferred.empty() ? debian_fashion_mnist : preferred;
  check(holds_mnist(folder),
        "Fashion-MNIST was not found; expected train-images-idx3-ubyte or "
        "train-images-idx3-ubyte.gz in ",
        folder.string(), " (Debian's package dataset-fashion-mnist puts it into ", debian_fashion_mnist, ")");
  Found found = describe_mnist(folder, false);
  if (found.kind != Kind::fashion_mnist) found.description += ", taken for Fashion-MNIST";
  found.kind = Kind::fashion_mnist;
  return found;
}

/// A folder or file with other data: `preferred` itself or `name` in it if `preferred` is not empty; otherwise `name`
/// in the folder that LATENT_DATA names, in data, in ../shared/data. Throws std::invalid_argument if it is nowhere.
[[gnu::cold]] inline std::string find_data(const std::string& name, const std::string& preferred = "") {
  std::vector<std::filesystem::path> places;
  const char* variable = std::getenv("LATENT_DATA");
  if (!preferred.empty()) {
    places = {std::filesystem::path(preferred) / name, preferred};
  } else {
    if (variable && *variable) places.push_back(std::filesystem::path(variable) / name);
    places.push_back(std::filesystem::path("data") / name);
    places.push_back(std::filesystem::path("../shared/data") / name);
  }
  std::string searched;
  for (const auto& place : places) {
    std::error_code error;
    if (std::filesystem::exists(place, error)) return place.string();
    searched += "\n  " + place.string();
  }
  throw std::invalid_argument(name + " was not found; looked for" + searched);
}

/// Looks for MNIST in `preferred` if that is not empty, and nowhere else. Otherwise in the folder that the environment
/// variable LATENT_DATA names, in data, in ../shared/data (each time the folder itself and its subfolder mnist); then
/// for Fashion-MNIST where Debian puts it; then for the sample that comes with the project. Throws
/// std::invalid_argument, with the folders it looked into, if there is nothing.
[[gnu::cold]] inline Found find_mnist(const std::string& preferred = "") {
  std::vector<std::filesystem::path> folders;
  const auto add = [&](const std::filesystem::path& folder) {
    folders.push_back(folder);
    folders.push_back(folder / "mnist");
  };
  if (!preferred.empty()) {
    add(preferred);
  } else {
    const char* variable = std::getenv("LATENT_DATA");
    if (variable && *variable) add(variable);
    add("data");
    add("../shared/data");
    folders.push_back(debian_fashion_mnist);
    folders.push_back("data/mnist_sample");
#ifdef LATENT_SOURCE_DIR
    folders.push_back(LATENT_SOURCE_DIR "/data/mnist_sample");
#endif
  }
  std::string searched;
  for (const auto& folder : folders) {
    if (holds_mnist(folder)) return describe_mnist(folder);
    searched += "\n  " + folder.string();
  }
  throw std::invalid_argument("MNIST was not found; expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz in" +
                              searched);
}

/// Loads what `find_mnist` found. Throws FileError.
[[gnu::cold]] inline Dataset load(const Found& found) {
  return found.kind == Kind::fashion_mnist ? load_fashion_mnist(found.folder) : load_mnist(found.folder);
}

}  // namespace latent::datasets
