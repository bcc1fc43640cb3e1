/// `datasets::open("path")` tells what a file or a folder holds, says it, and reads it. Needs libarchive, libcsv and stb
/// (link latent::files), so it is not part of latent/datasets.hpp.
#pragma once

namespace latent {
struct latent_datasets_open_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "latent/datasets/array_images.hpp"
#include "latent/datasets/cifar10.hpp"
#include "latent/datasets/csv.hpp"
#include "latent/datasets/find.hpp"
#include "latent/datasets/image_folder.hpp"
#include "latent/datasets/labels.hpp"

namespace latent::datasets {

/// Labelled images, what their labels mean, and a sentence that a program shows before it uses them. What was not in parts
/// is all in `train`.
struct Opened {
  std::string description;
  LabelledImages train, test;
  std::vector<std::string> classes;
  Skipped skipped{};
};

/// The idx files of one data set: MNIST's, or those named like them (emnist-letters-train-images-idx3-ubyte).
struct IdxFiles {
  std::string train_images, train_labels, test_images, test_labels;  ///< "" for what is not there
};

/// The files that belong to the idx file of training images `path`, by their names. Throws FileError unless `path` is
/// named like one.
LATENT_COLD inline IdxFiles idx_files_beside(const std::string& path) {
  const std::filesystem::path place(path);
  const std::string folder = place.parent_path().string(), name = place.filename().string();
  const auto beside = [&](std::initializer_list<std::pair<const char*, const char*>> changes) {
    std::string other = name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name;
    for (const auto& [from, to] : changes) {
      const std::size_t at = other.find(from);
      if (at == std::string::npos) return std::string();
      other.replace(at, std::string_view(from).size(), to);
    }
    return existing_idx(folder, other);
  };
  IdxFiles files{path, beside({{"images", "labels"}, {"idx3", "idx1"}}), "", ""};
  for (const char* test : {"t10k", "test"}) {
    if (!files.test_images.empty()) break;
    files.test_images = beside({{"train", test}});
    files.test_labels = beside({{"train", test}, {"images", "labels"}, {"idx3", "idx1"}});
  }
  return files;
}

/// Loads idx files. Throws FileError, also unless there is a label for each image where there are labels.
LATENT_COLD_STATIC Dataset load_idx(const IdxFiles& files, const ImageOptions& options = {}) {
  check_options(options);
  const auto part = [&](const std::string& images, const std::string& labels) {
    LabelledImages read;
    if (images.empty()) return read;
    check_can_be_read_twice(images);
    read.images = fit(read_idx_images(images, options.limit), options);
    if (labels.empty()) return read;
    read.labels = read_idx_labels(labels);
    ByteReader file(images);
    const Index count = read_idx_header(file, 3).shape[0];
    if (static_cast<Index>(read.labels.size()) != count)
      throw FileError(labels, text("expected ", count, " labels, as many as the images in ", images, ", received ",
                                   read.labels.size()));
    read.labels.resize(static_cast<std::size_t>(read.images.dimension(0)));
    return read;
  };
  return {part(files.train_images, files.train_labels), part(files.test_images, files.test_labels)};
}

/// The reader behind `open`: what is at `path`, step by step.
class Opener {
 public:
  /// Of the data at that path.
  Opener(std::string path, const ImageOptions& options) : path_(std::move(path)), options_(options) {
    check_options(options);
  }

  /// Finds out what it is, and reads it. Throws FileError.
  [[gnu::cold]] Opened open() {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::exists(path_, error)) throw FileError(path_, "is not there");
    check_can_be_read_twice(path_);
    return fs::is_directory(path_, error) ? open_folder() : open_file();
  }

 private:
  [[gnu::cold]] Opened open_folder() {
    const std::vector<std::string> names = list();
    const std::string mnist = existing_idx(path_, "train-images-idx3-ubyte");
    if (!mnist.empty())
      return idx({mnist, existing_idx(path_, "train-labels-idx1-ubyte"), existing_idx(path_, "t10k-images-idx3-ubyte"),
                  existing_idx(path_, "t10k-labels-idx1-ubyte")});
    std::vector<std::string> train_images;  // of idx files under other names
    for (const std::string& name : names)
      if (name.find("train") != std::string::npos && name.find("images") != std::string::npos &&
          name.find("idx3") != std::string::npos)
        train_images.push_back(name);
    std::erase_if(train_images, [&](const std::string& name) {  // what is there unpacked, too
      return name.ends_with(".gz") && std::binary_search(names.begin(), names.end(), name.substr(0, name.size() - 3));
    });
    if (train_images.size() > 1)
      throw FileError(
          path_, text("holds several data sets: name one, by its file ", train_images[0], " or ", train_images[1]));
    if (!train_images.empty()) return idx(idx_files_beside((std::filesystem::path(path_) / train_images[0]).string()));
    if (std::find(names.begin(), names.end(), cifar10_files[0]) != names.end()) return cifar10();
    return images();
  }

  [[gnu::cold]] Opened open_file() {
    std::string start(8, ' ');
    ByteReader(path_).read(reinterpret_cast<unsigned char*>(start.data()), start.size());
    const auto starts = [&](std::string_view bytes) { return start.starts_with(bytes); };
    std::error_code error;
    const bool has_records = std::filesystem::file_size(path_, error) % cifar10_record == 0;
    if (ending() == ".bin" && has_records) return cifar10_batch();  // which may begin like an idx file: 0, 0, x, 3
    if (starts("\x93NUMPY")) return npy();
    if (starts(std::string_view("\0\0", 2)) && start[3] == 3) return idx(idx_files_beside(path_));
    if (starts(std::string_view("\0\0", 2)) && start[3] == 1)
      throw FileError(path_, "is an idx file of labels; open that of the images");
    if (starts(std::string_view("\0\0", 2)) && start[2] >= 8 && start[2] <= 14 && start[3] > 0 && start[3] <= 8)
      throw FileError(path_, text("is an idx file of ", int{start[3]},
                                  " dimensions, expected the 3 of images: read_idx<", int{start[3]}, "> reads it"));
    if (starts("\x89PNG") || starts("\xff\xd8\xff") || (starts("BM") && is_image_name("a" + ending())))
      throw FileError(path_, "is one image: read_image reads it, and open a folder of images");
    if (ending() == ".csv") return csv();
    if (ending() == ".bin") return cifar10_batch();
    if (starts("PK") && (ending() == ".npz" || !holds_images()))
      if (const std::vector<NpzEntry> entries = npz_entries(path_); !entries.empty()) return npz(entries);
    return archive();
  }

  /// Whether there are images in the archive.
  [[gnu::cold]] bool holds_images() const {
    ArchiveReader archive(path_);
    while (archive.next())
      if (is_image_name(archive.name())) return true;
    return false;
  }

  [[gnu::cold]] Opened archive() {
    std::vector<std::string> names;
    try {
      ArchiveReader archive(path_);
      while (archive.next()) names.push_back(archive.name());
    } catch (const NoArchive& problem) {
      if (const std::string other = known_otherwise(); !other.empty()) throw FileError(path_, other);
      throw FileError(path_, text("is neither idx, .npy, .npz, .csv, CIFAR-10's .bin nor an archive of images",
                                  std::string(problem.what()).substr(path_.size())));
    }
    const bool is_cifar10 = std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return std::filesystem::path(name).filename() == cifar10_files[0];
    });
    return is_cifar10 ? cifar10() : images();
  }

  /// What a file is that `open` does not take, by its first bytes, and what helps; "" if that is not known, either.
  [[gnu::cold]] std::string known_otherwise() const {
    std::string start(16, ' ');
    ByteReader(path_).read(reinterpret_cast<unsigned char*>(start.data()), start.size());
    struct Known {
      std::string_view begin;
      const char* words;
    };
    constexpr const char *page = "is a web page and no data: the download may have failed",
                         *image = "is an image of a kind that is not read: make it PNG, JPEG or BMP",
                         *python = "is a Python pickle: numpy.savez makes an .npz file of its arrays";
    for (const Known& kind :
         {Known{"<!do", page},
          {"<htm", page},
          {"GIF8", image},
          {"RIFF", image},
          {std::string_view("II*\0", 4), image},
          {std::string_view("MM\0*", 4), image},
          {"\x80\2", python},
          {"\x80\3", python},
          {"\x80\4", python},
          {"\x80\5", python},
          {"\x89HDF", "is an HDF5 file: numpy.savez makes an .npz file of its arrays"},
          {"MATLAB", "is a MATLAB file: scipy.io.loadmat and numpy.savez make an .npz file of its arrays"},
          {"PAR1", "is a Parquet file: pandas makes a .csv file of its numbers"}})
      if (in_small_letters(start).starts_with(in_small_letters(std::string(kind.begin)))) return kind.words;
    return "";
  }

  [[gnu::cold]] Opened idx(const IdxFiles& files) {
    const std::string name = std::filesystem::path(files.train_images).filename().string();
    const bool is_fashion = is_called_fashion(files.train_images);
    Opened read = opened(is_fashion        ? "Fashion-MNIST"
                         : is_emnist(name) ? name.substr(0, name.find("-train"))
                                           : "idx",
                         load_idx(files, options_),
                         is_fashion ? std::vector<std::string>{fashion_classes.begin(), fashion_classes.end()}
                                    : std::vector<std::string>{});
    read.description += emnist_note(name);
    return read;
  }

  /// EMNIST's files, idx and CSV, are called so, and their images lie on their side.
  [[gnu::cold]] std::string emnist_note(const std::string& name) const {
    if (!is_emnist(name) || options_.turn) return "";
    return " (on their side, as EMNIST keeps them: ImageOptions{.turn = true} turns them)";
  }
  static bool is_emnist(const std::string& name) { return in_small_letters(name).starts_with("emnist-"); }

  /// In which order the colours in rows of numbers were taken, unless the options say it.
  [[gnu::cold]] std::string planes_note(bool has_colour_rows, bool has_planes) const {
    if (!has_colour_rows || options_.planes) return "";
    return has_planes ? " (rows of all red, then green, then blue, as CIFAR keeps them: ImageOptions{.planes = false} "
                        "takes them "
                        "pixel by pixel)"
                      : " (rows of colours pixel by pixel: ImageOptions{.planes = true} takes all red, then green, "
                        "then blue, as "
                        "CIFAR keeps them)";
  }

  [[gnu::cold]] Opened npy() {
    Opened read = opened("NumPy array", {read_npy_images(path_, options_), {}});
    read.description += planes_note(has_colour_rows(with_npy_file(path_, read_npy_header)), false);
    return read;
  }

  [[gnu::cold]] Opened npz(const std::vector<NpzEntry>& entries) {
    Opened read = opened("npz", read_npz_images(path_, options_));
    const NpzImages names = npz_images(path_, entries);
    read.skipped.kind = "array";
    for (const NpzEntry& entry : entries)
      if (!names.has(entry.name)) read.skipped.add(entry.name);
    for (const NpzEntry& entry : entries)
      if (entry.name == names.train_images)
        read.description += planes_note(has_colour_rows(entry.header), has_planes(entry.name, {}));
    read.description += read.skipped.text();
    return read;
  }

  [[gnu::cold]] Opened csv() {
    const CsvTable table(path_, options_.limit);
    LabelledImages read = read_csv_images(table, options_);
    if (options_.size[0] == 0 && read.images.dimension(1) == 1)
      throw FileError(path_, "has one number in a row beside the label, expected the pixels of an image");
    Opened data = opened("CSV", {std::move(read), {}});
    const Index pixels = image_columns(table.columns(), table.header()).pixels(table.columns());
    data.description += csv_note(table) + planes_note(square_image(pixels).channels == 3, false) +
                        emnist_note(std::filesystem::path(path_).filename().string());
    return data;
  }

  [[gnu::cold]] Opened cifar10() {
    return opened("CIFAR-10", load_cifar10(path_, options_), {cifar10_classes.begin(), cifar10_classes.end()});
  }

  [[gnu::cold]] Opened cifar10_batch() {
    LabelledImages batch = decode_cifar10(path_, read_file(path_), options_.limit);
    batch.images = fit(std::move(batch.images), options_);
    return opened("CIFAR-10 batch", {std::move(batch), {}}, {cifar10_classes.begin(), cifar10_classes.end()});
  }

  /// A folder or an archive of images, in train/ and test/ or not.
  [[gnu::cold]] Opened images() {
    ImageFiles files = find_images(path_);
    if (files.names.empty()) {
      std::error_code error;
      const bool is_folder = std::filesystem::is_directory(path_, error);
      const std::string file = is_folder ? file_to_open() : "";
      throw FileError(path_, text("holds no data set that is known: found ", found(files.skipped),
                                  !is_folder      ? "; what is no image and not CIFAR-10 has to be unpacked first"
                                  : !file.empty() ? "; open a file by its name, such as " + file
                                                  : ""));
    }
    auto [train_files, test_files] = split_images(files);
    const bool is_split = !train_files.names.empty();
    ImageFolder train = decode_images(is_split ? train_files : files, options_), test;
    if (is_split) {
      ImageOptions same_classes = options_;
      same_classes.classes = train.classes;
      test = decode_images(test_files, same_classes);
    }
    Opened read = opened("images", {std::move(train), std::move(test)}, train.classes);
    read.skipped = train.skipped;
    read.skipped.add(test.skipped);
    read.description += read.skipped.text();
    return read;
  }

  /// Adds the names of the classes, those of the options first, and the numbers that occur where there are no names; and the
  /// sentence.
  [[gnu::cold]] Opened opened(const std::string& kind, Dataset data, std::vector<std::string> classes = {}) const {
    Opened read{"", std::move(data.train), std::move(data.test), std::move(classes), {}};
    int largest = -1;
    for (const LabelledImages* part : {&read.train, &read.test})
      for (const int label : part->labels) largest = std::max(largest, label);
    if (!options_.classes.empty()) read.classes = options_.classes;
    if (!read.classes.empty() && largest >= static_cast<int>(read.classes.size()))
      throw FileError(path_, text("has the label ", largest, ", expected those of the ", read.classes.size(),
                                  " classes that have names"));
    if (read.classes.empty() && largest < 10000)
      for (int label = 0; label <= largest; ++label) read.classes.push_back(std::to_string(label));
    const auto& sizes = read.train.images.dimensions();
    const Index test_count = read.test.images.dimension(0);
    for (std::size_t axis = 1; axis < 4; ++axis)
      if (test_count > 0 && sizes[axis] != read.test.images.dimension(axis))
        throw FileError(path_, "has images of different sizes for training and for testing");
    read.description = text(
        kind, ": ", with_commas(sizes[0]), test_count > 0 ? " + " + with_commas(test_count) : std::string(),
        " images of ", sizes[1], " x ", sizes[2], " x ", sizes[3],
        largest >= 0 ? text(" in ", read.classes.size(), " classes") : std::string(" without labels"), " from ", path_);
    return read;
  }

  /// The largest file of the folder that has the ending of what `open` takes by itself, with its path; "" if there is none.
  std::string file_to_open() const {
    std::string largest;
    std::uintmax_t bytes = 0;
    for (const std::string& name : list()) {
      const std::filesystem::path place = std::filesystem::path(path_) / name;
      const std::string end = in_small_letters(place.extension().string());
      std::error_code error;
      const std::uintmax_t size = std::filesystem::file_size(place, error);
      for (const char* known : {".csv", ".npy", ".npz", ".bin", ".zip", ".tar", ".gz", ".tgz", ".xz", ".7z"})
        if (!error && end == known && (largest.empty() || size > bytes)) largest = place.string(), bytes = size;
    }
    return largest;
  }

  std::string ending() const {
    std::filesystem::path place(path_);
    if (in_small_letters(place.extension().string()) == ".gz") place = place.stem();
    return in_small_letters(place.extension().string());
  }

  /// The names in the folder, sorted.
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(path_, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
      names.push_back(entry->path().filename().string());
    if (error) throw FileError(path_, text("is a folder that cannot be read: ", error.message()));
    std::sort(names.begin(), names.end());
    return names;
  }

  static std::string found(const Skipped& skipped) {
    if (skipped.count == 0) return "nothing";
    return skipped.count == 1 ? skipped.first : text(skipped.count, " files, the first ", skipped.first);
  }

  std::string path_;
  ImageOptions options_;
};

/// Opens idx files (the folder, or the file of the training images), folders and archives of images, .npy, .npz, .csv
/// and CIFAR-10's binary version, and says in `description` what it found:
///
///     const auto data = datasets::open("flowers.zip", {.channels = 1, .size = {28, 28}});
///     std::cout << data.description << '\n';   // images: 3,670 images of 28 x 28 x 1 in 5 classes from flowers.zip
///
/// Throws FileError for anything else, with what is there.
LATENT_COLD_STATIC Opened open(const std::string& path, const ImageOptions& options = {}) {
  return Opener(path, options).open();
}

}  // namespace latent::datasets
