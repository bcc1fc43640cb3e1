/// Images in folders that are named after their classes, on disk or in an archive: train/digit_0/17204.png. Needs
/// libarchive beside stb and zlib (link latent::files), so it is not part of latent/datasets.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "latent/datasets/archive.hpp"
#include "latent/datasets/fit.hpp"
#include "latent/datasets/image_reader.hpp"
#include "latent/datasets/mnist.hpp"
#include "latent/datasets/skipped.hpp"

namespace latent::datasets {

/// images (number, height, width, 1 or 3) in 0 ... 1, sorted by class and name; a label for each, what the labels mean,
/// and what was found beside the images. Images that lie in no folder of their own have no labels.
struct ImageFolder : LabelledImages {
  std::vector<std::string> classes;
  Skipped skipped;
};

/// Names of image files, relative to `where`, and what gives the bytes of one of them, once.
struct ImageFiles {
  std::string where;                                          ///< the folder or archive, for messages
  std::vector<std::string> names;                             ///< the files' names within it
  std::function<std::string(const std::string& name)> bytes;  ///< reads one of them
  Skipped skipped;
};

/// Endings of the names of files that are images.
inline constexpr const char* image_endings = ".png, .jpg, .jpeg or .bmp";

/// Whether a name ends in one of the `image_endings`, in small or capital letters, and neither the file nor a folder above
/// it is hidden: what begins with a dot, or lies in __MACOSX, is a system's note and not a picture.
LATENT_COLD inline bool is_image_name(const std::string& name) {
  const std::filesystem::path path(name);
  for (const auto& part : path)
    if ((part.string().starts_with(".") && part != "." && part != "..") || part == "__MACOSX") return false;
  const std::string ending = in_small_letters(path.extension().string());
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".bmp";
}

/// Adds what is in `folder / below`, and in the folders in it, to `files`. Links are followed and have the names they
/// have there. `above` holds the folders on the way, by which a loop of links is noticed.
LATENT_COLD inline void list_images(const std::filesystem::path& folder, const std::filesystem::path& below,
                                    std::vector<std::filesystem::path> above, ImageFiles& files) {
  namespace fs = std::filesystem;
  const fs::path here = below.empty() ? folder : folder / below;
  std::error_code error;
  const auto fail_if_error = [&](const fs::path& path, const char* what) {
    if (error) throw FileError(path.string(), latent::text(what, ": ", error.message()));
  };
  const fs::path real = fs::canonical(here, error);
  fail_if_error(here, "cannot be followed");
  if (std::find(above.begin(), above.end(), real) != above.end())
    throw FileError(here.string(), "is a link to a folder that it lies in: a loop of links");
  above.push_back(real);
  constexpr const char* nowhere = "is a link to something that is not there";
  std::string lost;  // such a link, which beside folders would be one
  bool has_folders = false;
  fs::directory_iterator entry(here, error);
  fail_if_error(here, "is a folder that cannot be read");
  for (; entry != fs::directory_iterator();
       entry.increment(error), fail_if_error(here, "is a folder that cannot be read")) {
    const fs::path name = below / entry->path().filename();
    const fs::file_status status = fs::status(entry->path(), error);
    const bool is_picture = is_image_name(name.string());
    const bool leads_nowhere = status.type() == fs::file_type::not_found,
               is_hidden = name.filename().string().starts_with(".");
    if (leads_nowhere && is_picture) throw FileError(entry->path().string(), nowhere);
    if (leads_nowhere && !is_hidden && !name.has_extension()) lost = entry->path().string();
    if (!leads_nowhere) fail_if_error(entry->path(), "cannot be followed");
    error.clear();
    has_folders = has_folders || (fs::is_directory(status) && !is_hidden);
    if (fs::is_directory(status) && !is_hidden && !fs::is_empty(entry->path(), error))
      list_images(folder, name, above, files);
    else if (fs::is_regular_file(status) && is_picture)
      files.names.push_back(name.string());
    else
      files.skipped.add(name.string() + (fs::is_directory(status) ? "/" : ""));
  }
  if (has_folders && !lost.empty()) throw FileError(lost, nowhere);
}

/// The images in a folder, or in an archive of one. Throws FileError.
LATENT_COLD inline ImageFiles find_images(const std::string& path) {
  ImageFiles files{path, {}, {}, {}};
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    list_images(path, "", {}, files);
    files.bytes = [path](const std::string& name) { return read_file((std::filesystem::path(path) / name).string()); };
    return files;
  }
  const auto contents = std::make_shared<NamedBytes>(read_archive(
      path, [](const std::string& name) { return is_image_name(name); },
      [&files](const std::string& name) { files.skipped.add(name); }));
  for (const auto& [name, bytes] : *contents) files.names.push_back(name);
  files.bytes = [contents](const std::string& name) { return std::move(contents->at(name)); };
  return files;
}

/// `limit` of the names (all of them if it is 0), sorted by class and name: the first of each class, then the second of
/// each ...
LATENT_COLD inline std::vector<std::string> choose_images(
    const std::map<std::string, std::vector<std::string>>& by_class, std::size_t limit) {
  std::size_t most = 0, chosen = 0;
  for (const auto& [name, files] : by_class) most = std::max(most, files.size());
  std::map<std::string, std::size_t> count;
  for (std::size_t each = 0; each < most; ++each)
    for (const auto& [name, files] : by_class)
      if (each < files.size() && (limit == 0 || chosen < limit)) ++count[name], ++chosen;
  std::vector<std::string> names;
  for (const auto& [name, files] : by_class)
    names.insert(names.end(), files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count[name]));
  return names;
}

/// Images that are not read yet: in which order, of which classes, and which label each has (none where they lie in no
/// folder of their own).
struct ImageIndex {
  ImageFiles files;                ///< where the images are
  std::vector<std::string> names;  ///< the images' names, in order
  std::vector<int> labels;
  std::vector<std::string> classes;

  std::string path(std::size_t i) const { return (std::filesystem::path(files.where) / names[i]).string(); }
};

/// The folder in which all these files lie; empty if there is none.
LATENT_COLD inline std::filesystem::path common_folder(const std::vector<std::string>& names) {
  namespace fs = std::filesystem;
  fs::path common;
  if (!names.empty()) common = fs::path(names.front()).parent_path();
  for (const std::string& name : names) {
    const fs::path path(name);
    while (std::mismatch(common.begin(), common.end(), path.begin(), path.end()).first != common.end())
      common = common.has_relative_path() ? common.parent_path() : fs::path();  // "/" is its own parent
  }
  return common;
}

/// The names by the first folder below `common`, in which all lie; those in no such folder are under "".
LATENT_COLD inline std::map<std::string, std::vector<std::string>> by_folder(const std::vector<std::string>& names,
                                                                             const std::filesystem::path& common) {
  namespace fs = std::filesystem;
  std::map<std::string, std::vector<std::string>> found;
  for (const std::string& name : names) {
    const fs::path below = common.empty() ? fs::path(name) : fs::path(name).lexically_relative(common);
    found[below.has_parent_path() ? below.begin()->string() : ""].push_back(name);
  }
  return found;
}

/// The names by class: the first folder below the one in which all lie. Those that lie beside such folders are skipped. Where all
/// lie in one folder, their class is that folder. If none of these is among the options' classes, but a folder above is, they are of
/// that class.
LATENT_COLD inline std::map<std::string, std::vector<std::string>> by_class(std::vector<std::string> names,
                                                                            const ImageOptions& options,
                                                                            Skipped& skipped) {
  namespace fs = std::filesystem;
  while (true) {
    const fs::path common = common_folder(names);
    std::map<std::string, std::vector<std::string>> found = by_folder(names, common);
    const auto is_class = [&](const std::string& name) {
      return std::find(options.classes.begin(), options.classes.end(), name) != options.classes.end();
    };
    std::string above;  // the class in whose folder all lie
    for (const fs::path& folder : common)
      if (is_class(folder.string())) above = folder.string();
    if (!above.empty() &&
        std::none_of(found.begin(), found.end(), [&](const auto& of) { return is_class(of.first); })) {
      std::sort(names.begin(), names.end());
      return {{above, std::move(names)}};
    }
    const auto beside = found.extract("");
    if (found.empty() && beside) {
      found[common == "." ? "" : common.filename().string()] = std::move(names);  // ./0.png, as tar likes to name them
    } else if (beside) {
      for (const std::string& name : beside.mapped()) skipped.add(name);
      names.clear();
      for (const auto& [name, members] : found) names.insert(names.end(), members.begin(), members.end());
      continue;  // they may lie in a folder of their own
    }
    for (auto& [name, members] : found) std::sort(members.begin(), members.end());
    return found;
  }
}

/// Each image is of the class that the first folder below the root is named after, as in Keras: cat/0.png and cat/kittens/1.png
/// are cats. The root may lie in folders that everything lies in. The classes are numbered in alphabetical order, or as the
/// options list them. Images in no folder are read if there are no others, and then have no labels; otherwise they are
/// skipped. Throws FileError if there are none, and for a folder that is none of the options' classes.
/// https://keras.io/api/data_loading/image/#image_dataset_from_directory-function
LATENT_COLD inline ImageIndex index_images(ImageFiles files, const ImageOptions& options = {}) {
  check_options(options);
  const auto classes = by_class(files.names, options, files.skipped);
  ImageIndex index{std::move(files), {}, {}, options.classes};
  const std::string& where = index.files.where;
  if (classes.empty())
    throw FileError(where, text("has no images, files that end in ", image_endings, index.files.skipped.text()));
  const bool has_labels = !classes.contains("");
  std::map<std::string, int> label_of;
  for (const auto& [name, members] : classes) {
    if (!has_labels) break;
    if (options.classes.empty()) index.classes.push_back(name);
    const auto place = std::find(index.classes.begin(), index.classes.end(), name);
    if (place == index.classes.end())
      throw FileError(where, text("has images in ", name, ", which is none of the ", index.classes.size(), " classes ",
                                  index.classes[0], index.classes.size() > 1 ? ", ..." : ""));
    for (const std::string& member : members) label_of[member] = static_cast<int>(place - index.classes.begin());
  }
  index.names = choose_images(classes, static_cast<std::size_t>(options.limit));
  if (has_labels)
    for (const std::string& name : index.names) index.labels.push_back(label_of[name]);
  return index;
}

/// Reads image number `image` of the index into place `place` of a batch of `count`, which gets its size from the first one.
/// Throws FileError if it cannot be decoded, or has another size or number of channels.
LATENT_COLD_STATIC void read_image_into(const ImageIndex& index, std::size_t image, const ImageOptions& options,
                                        Tensor<4>& batch, Index place, Index count) {
  const std::string path = index.path(image);
  const Tensor<4> read = fit(decode_image(path, index.files.bytes(index.names[image])), options);
  auto dimensions = read.dimensions();
  dimensions[0] = count;
  if (batch.size() == 0) batch = new_tensor<Tensor<4>>(dimensions);
  for (std::size_t axis = 1; axis < 4; ++axis)
    if (batch.dimension(axis) != read.dimension(axis))
      throw FileError(
          path, text("expected an image of (height, width, channels) ", batch.dimension(1), " x ", batch.dimension(2),
                     " x ", batch.dimension(3), " like the others, received ", read.dimension(1), " x ",
                     read.dimension(2), " x ", read.dimension(3), "; ImageOptions{.channels = 1, .size = {",
                     batch.dimension(1), ", ", batch.dimension(2), "}} would bring all to one"));
  std::copy_n(read.data(), read.size(), batch.data() + place * read.size());
}

/// Decodes the images that `index_images` finds. Throws FileError as that does, and if one cannot be decoded, or has another
/// size or number of channels than the first.
LATENT_COLD_STATIC ImageFolder decode_images(ImageFiles files, const ImageOptions& options = {}) {
  ImageIndex index = index_images(std::move(files), options);
  ImageFolder folder{{}, index.classes, index.files.skipped};
  const auto count = static_cast<Index>(index.names.size());
  for (std::size_t i = 0; i < index.names.size(); ++i)
    read_image_into(index, i, options, folder.images, static_cast<Index>(i), count);
  folder.labels = std::move(index.labels);
  return folder;
}

/// Reads the images of a folder with a folder for each class, or of an archive (tar, zip, 7z) of one: cat/0.png. Throws
/// FileError, as `decode_images`.
LATENT_COLD_STATIC ImageFolder read_image_folder(const std::string& path, const ImageOptions& options = {}) {
  return decode_images(find_images(path), options);
}

/// The images under train/ and under test/ (also called training/, and testing/, val/, valid/ or validation/, in small or capital
/// letters), which may lie in folders that everything else lies in; all others are skipped, and stand with the training images. Two
/// empty ones if there are not both.
LATENT_COLD inline std::array<ImageFiles, 2> split_images(const ImageFiles& files) {
  namespace fs = std::filesystem;
  fs::path common;
  std::map<std::string, std::vector<std::string>> below;  // each folder in it, and what lies in that
  std::array<ImageFiles, 2> parts;
  parts[0].skipped = files.skipped;
  const auto folder_called = [&](std::initializer_list<const char*> names) {
    for (const std::string name : names)
      for (const auto& [folder, members] : below)
        if (in_small_letters(folder) == name) return folder;
    return std::string();
  };
  std::string folders[2];
  for (std::vector<std::string> names = files.names; !names.empty();) {
    common = common_folder(names);
    below = by_folder(names, common);
    folders[0] = folder_called({"train", "training"});
    folders[1] = folder_called({"test", "testing", "val", "valid", "validation"});
    const auto beside = below.find("");
    if ((!folders[0].empty() && !folders[1].empty()) || beside == below.end()) break;
    for (const std::string& name : beside->second) parts[0].skipped.add(name);
    names.clear();
    for (const auto& [folder, members] : below)
      if (!folder.empty()) names.insert(names.end(), members.begin(), members.end());
  }
  if (folders[0].empty() || folders[1].empty()) return {};
  for (const auto& [folder, members] : below)
    if (folder != folders[0] && folder != folders[1])
      for (const std::string& name : members) parts[0].skipped.add(name);
  for (std::size_t part = 0; part < 2; ++part) {
    const fs::path root = common / folders[part];
    parts[part].where = (fs::path(files.where) / root).string();
    parts[part].bytes = [root, all = files.bytes](const std::string& name) { return all((root / name).string()); };
    for (const std::string& name : below[folders[part]])
      parts[part].names.push_back(fs::path(name).lexically_relative(root).string());
  }
  return parts;
}

/// Reads the images under train/ and test/ (or under the other names that `split_images` knows), from a folder or from an archive
/// (tar, zip, 7z) of one. Throws FileError, as `decode_images`. Labels mean the same in both: a class of test/ that train/ does not have is an error.
LATENT_COLD_STATIC std::array<ImageFolder, 2> read_train_and_test_folders(const std::string& path,
                                                                          const ImageOptions& options = {}) {
  const auto [train_files, test_files] = split_images(find_images(path));
  if (train_files.names.empty())
    throw FileError(path, text("has no images under train/ and test/ that end in ", image_endings));
  ImageFolder train = decode_images(train_files, options);
  ImageOptions same_classes = options;
  same_classes.classes = train.classes;
  ImageFolder test = decode_images(test_files, same_classes);
  if (train.labels.empty() != test.labels.empty())
    throw FileError(path, "has folders for classes in one of train/ and test/ but not in the other");
  return {std::move(train), std::move(test)};
}

}  // namespace latent::datasets
