/// .npz files: zip archives of .npy files, one for each of several arrays by name. Needs libarchive (link latent::files),
/// so it is not part of latent/datasets.hpp.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "latent/datasets/archive.hpp"
#include "latent/datasets/npy.hpp"

namespace latent::datasets {

/// Calls use(name, source) for each array of the file, until it returns false. Throws FileError.
LATENT_COLD inline void for_each_in_npz(const std::string& path,
                                        FunctionRef<bool(const std::string& name, const NpySource& source)> use) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  // What the file can hold, with as much packed as deflate can pack, bounds what is asked for.
  const std::size_t largest = error ? 0 : std::size_t{1032} * size;
  ArchiveReader archive(path, ArchiveReader::Kind::zip, largest);
  const auto read = [&](unsigned char* out, std::size_t count) { return archive.read(out, count); };
  while (archive.next()) {
    const std::string& member = archive.name();
    if (!member.ends_with(".npy")) continue;
    if (!use(member.substr(0, member.size() - 4), {path, member + ": ", largest, read})) return;
  }
}

/// An array in a .npz file.
struct NpzEntry {
  std::string name;
  NpyHeader header;          ///< its head; of no shape where there is a problem
  std::string problem = {};  ///< what it holds if not numbers
};

/// The names, types and shapes of all arrays in the file, in its order. Throws FileError.
LATENT_COLD inline std::vector<NpzEntry> npz_entries(const std::string& path) {
  std::vector<NpzEntry> entries;
  for_each_in_npz(path, [&](const std::string& name, const NpySource& source) {
    try {
      entries.push_back({name, read_npy_header(source)});
    } catch (const NotNumbers& other) {  // who does not ask for it does not mind
      entries.push_back({name, {}, other.problem});
    }
    return true;
  });
  return entries;
}

/// "x_train (60000, 28, 28), y_train (60000)".
LATENT_COLD inline std::string npz_text(const std::vector<NpzEntry>& entries) {
  std::string words;
  for (const auto& [name, header, problem] : entries)
    words += text(words.empty() ? "" : ", ", name, " ", problem.empty() ? shape_text(header.shape) : "(no numbers)");
  return words.empty() ? "no arrays" : words;
}

/// Calls use(source) with the array of this name. Throws FileError, with the names there are, if it is not there.
LATENT_COLD inline void with_npz_array(const std::string& path, const std::string& wanted,
                                       FunctionRef<void(const NpySource& source)> use) {
  bool is_found = false;
  for_each_in_npz(path, [&](const std::string& name, const NpySource& source) {
    if (name != wanted) return true;
    is_found = true;
    use(source);
    return false;
  });
  if (!is_found) throw FileError(path, text("has no array ", wanted, ", but ", npz_text(npz_entries(path))));
}

/// Reads one array as it is: `const auto codes = read_npz<2>("codes.npz", "z");`. Throws FileError, as `read_npy`.
template <int Rank, class Scalar = float>
[[gnu::cold]] Tensor<Rank, Scalar> read_npz(const std::string& path, const std::string& name) {
  Tensor<Rank, Scalar> tensor;
  with_npz_array(path, name, [&](const NpySource& source) { tensor = read_npy_tensor<Rank, Scalar>(source); });
  return tensor;
}

/// A tensor, float or double, or labels, under a name.
struct NamedArray {
  std::string name, npy;  ///< its name, and the bytes of its .npy file
  /// An array under a name.
  template <class Array>
  NamedArray(std::string name_, const Array& array) : name(std::move(name_)), npy(npy_bytes(array)) {}
};

/// Writes arrays as numpy.savez_compressed does: `write_npz("codes.npz", {{"codes", codes}, {"labels", test.labels}})`.
/// The same arrays give the same bytes. Throws FileError, and std::invalid_argument for a name that comes twice.
LATENT_COLD inline void write_npz(const std::string& path, std::initializer_list<NamedArray> arrays) {
  struct Free {
    void operator()(archive* a) const { archive_write_free(a); }
    void operator()(archive_entry* e) const { archive_entry_free(e); }
  };
  const Utf8Scope utf8;
  std::string bytes;
  const std::unique_ptr<archive, Free> zip(archive_write_new());
  const auto expect = [&](int status) {
    if (status == ARCHIVE_OK) return;
    const char* words = archive_error_string(zip.get());
    throw FileError(path, text("cannot be packed: ", words ? words : "libarchive does not say why"));
  };
  const auto append = [](archive*, void* out, const void* data, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  };
  expect(archive_write_set_format_zip(zip.get()));
  expect(archive_write_set_bytes_per_block(zip.get(), 0));
  expect(archive_write_open(zip.get(), &bytes, nullptr, append, nullptr));
  for (const NamedArray* array = arrays.begin(); array != arrays.end(); ++array) {
    check(std::none_of(arrays.begin(), array, [&](const NamedArray& other) { return other.name == array->name; }),
          "write_npz: the name ", array->name, " comes twice");
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    archive_entry_set_pathname_utf8(entry.get(), (array->name + ".npy").c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(array->npy.size()));
    expect(archive_write_header(zip.get(), entry.get()));
    if (archive_write_data(zip.get(), array->npy.data(), array->npy.size()) !=
        static_cast<la_ssize_t>(array->npy.size()))
      expect(ARCHIVE_FATAL);
  }
  expect(archive_write_close(zip.get()));
  write_atomically(path, bytes);
}

}  // namespace latent::datasets
