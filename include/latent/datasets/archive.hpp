/// Archives: tar of every dialect (also packed with gzip, bzip2, xz, zstd, lz4), zip and 7z. Read by libarchive
/// (https://libarchive.org), so this header is not part of latent/datasets.hpp; link latent::files.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"
#include "latent/core/function_ref.hpp"

namespace latent::datasets {

/// Archives with more unpacked bytes are refused, so that a small file cannot exhaust the memory.
inline constexpr std::size_t largest_archive = std::size_t{1} << 30;

/// libarchive converts names to the encoding of the thread's locale. Within this scope that is UTF-8, whatever the
/// program has set; other threads are not affected.
class Utf8Scope {
 public:
  Utf8Scope() : utf8_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(utf8_ ? uselocale(utf8_) : nullptr) {}
  ~Utf8Scope() {
    if (!utf8_) return;
    uselocale(before_);
    freelocale(utf8_);
  }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  locale_t utf8_, before_;
};

/// A file that is no archive, and no part of one.
struct NoArchive : FileError {
  using FileError::FileError;
};

/// An archive read front to back, one entry after the other.
class ArchiveReader {
 public:
  /// The accepted formats: all that libarchive knows, or zip alone.
  enum class Kind { any, zip };

  /// Throws FileError if the file cannot be read, NoArchive if it is no archive of the kind. All that is read from it may be `largest`
  /// bytes.
  [[gnu::cold]] explicit ArchiveReader(const std::string& path, Kind kind = Kind::any,
                                       std::size_t largest = largest_archive)
      : path_(path), largest_(largest) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw FileError(path, "is a folder, not an archive");
    check_can_be_read_twice(path);
    if (!std::ifstream(path)) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
    archive_read_support_format_zip_seekable(archive_.get());
    if (kind == Kind::any)  // named one by one: libarchive would start other programs for what it cannot unpack itself
      for (const auto support :
           {archive_read_support_format_tar, archive_read_support_format_7zip, archive_read_support_filter_gzip,
            archive_read_support_filter_bzip2, archive_read_support_filter_xz, archive_read_support_filter_lzma,
            archive_read_support_filter_zstd, archive_read_support_filter_lz4, archive_read_support_filter_compress})
        support(archive_.get());
    const Utf8Scope utf8;
    if (archive_read_open_filename(archive_.get(), path.c_str(), 65536) != ARCHIVE_OK) fail(no_archive);
  }

  /// Goes to the next entry; false if there is none. Throws FileError for a damaged archive, and for a name that is not
  /// in UTF-8 where the format says it were.
  [[gnu::cold]] bool next() {
    const Utf8Scope utf8;
    const int status = archive_read_next_header(archive_.get(), &entry_);
    if (status == ARCHIVE_EOF) return false;
    if (status == ARCHIVE_WARN && archive_entry_pathname(entry_) && is_about_names(error_text()))
      fail("has a name that");
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) fail(entries_ == 0 ? no_archive : "is damaged");
    ++entries_;
    const char* name = archive_entry_pathname(entry_);
    if (!name) fail("has a name that cannot be read");
    name_ = std::filesystem::path(name).relative_path().lexically_normal().string();
    return true;
  }

  /// The entry's name in UTF-8: train/cat/0.png.
  const std::string& name() const { return name_; }

  /// The target of a hard or a symbolic link, as a name in the archive; otherwise empty.
  std::string link() const {
    namespace fs = std::filesystem;
    const auto in_archive = [](const fs::path& target) {
      const std::string name = target.lexically_normal().string();
      return name.ends_with('/') ? name.substr(0, name.size() - 1) : name;  // of a folder
    };
    if (const char* hard = archive_entry_hardlink(entry_)) return in_archive(fs::path(hard).relative_path());
    const char* target = archive_entry_filetype(entry_) == AE_IFLNK ? archive_entry_symlink(entry_) : nullptr;
    return target ? in_archive(fs::path(name_).parent_path() / target) : "";
  }

  /// Whether the entry is a folder.
  bool is_folder() const { return archive_entry_filetype(entry_) == AE_IFDIR; }
  /// Whether the entry is a file.
  bool is_file() const { return archive_entry_filetype(entry_) == AE_IFREG; }

  /// Writes the next `count` bytes of the entry to `out` and returns how many there were: fewer than `count` only at its
  /// end. Throws FileError for damaged data, and when the archive turns out to hold more than is allowed.
  std::size_t read(unsigned char* out, std::size_t count) {
    const Utf8Scope utf8;
    const auto received = archive_read_data(archive_.get(), out, count);  // stops early at the end of the entry only
    if (received < 0) fail(text("the data of ", name_, " cannot be unpacked"));
    const auto done = static_cast<std::size_t>(received);
    this->count(done);
    return done;
  }

  /// Counts bytes that come from it, also those that a link repeats. Throws FileError when there are more than are allowed.
  void count(std::size_t bytes) {
    unpacked_ += bytes;
    if (unpacked_ > largest_)
      throw FileError(path_, text("unpacks to more than ", largest_, " bytes, the most that is read"));
  }

  const std::string& path() const { return path_; }

 private:
  [[gnu::cold]] std::string error_text() const {
    const char* words = archive_error_string(archive_.get());
    return words ? words : "libarchive does not say why";
  }
  static bool is_about_names(const std::string& words) {
    return words.starts_with("Pathname") || words.starts_with("Linkname");
  }
  [[noreturn, gnu::cold]] void fail(const std::string& what) const {
    const std::string problem =
        text(what, " (near offset ", archive_filter_bytes(archive_.get(), -1), "): ", error_text());
    if (what != no_archive) throw FileError(path_, problem);
    if (const char* part = part_of_archive()) throw FileError(path_, part);
    if (error_text().find("runcated") != std::string::npos) throw FileError(path_, "is cut short: " + error_text());
    throw NoArchive(path_, problem);
  }
  /// What a file is that begins like an archive, though libarchive finds none; or null. A zip's list of contents is at its end.
  [[gnu::cold]] const char* part_of_archive() const {
    std::string start(8, ' ');
    std::ifstream(path_, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
    if (start.starts_with("PK\5\6")) return "is a zip archive without anything in it";
    if (start.starts_with("PK\3\4"))
      return "is a zip archive that is cut short or damaged: it has no list of its contents at its end";
    if (start.starts_with("7z\xbc\xaf\x27\x1c")) return "is a 7z archive that is cut short or damaged";
    return nullptr;
  }

  static constexpr const char* no_archive = "is no tar, zip or 7z archive";
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  std::string path_, name_;
  std::size_t largest_;
  std::unique_ptr<archive, Free> archive_{archive_read_new()};
  archive_entry* entry_ = nullptr;
  std::size_t entries_ = 0, unpacked_ = 0;
};

/// The files of an archive by name. Links have the content of their targets.
using NamedBytes = std::map<std::string, std::string>;

/// Of the links of an archive, each with the name that it leads to: leads those that lead to other links to where these end, and those
/// that lead round in a circle to "".
LATENT_COLD inline void follow_links(std::map<std::string, std::string>& links) {
  for (auto& [name, target] : links) {
    std::vector<std::string*> way{&target};  // all on it lead where the last one leads, and are not followed again
    auto next = links.find(target);
    for (; next != links.end() && way.size() <= links.size(); next = links.find(next->second))
      way.push_back(&next->second);
    const std::string end = next == links.end() ? *way.back() : "";
    for (std::string* on_it : way) *on_it = end;
  }
}

/// Reads the files whose names are `wanted`. If a name occurs twice, the later file counts, as after unpacking. A link to a folder
/// has the files in it, under its own name. All other names are passed to `left_out`, including links to files that are not read,
/// and devices. Throws FileError.
LATENT_COLD inline NamedBytes read_archive(const std::string& path,
                                           FunctionRef<bool(const std::string& name)> wanted = {},
                                           FunctionRef<void(const std::string& name)> left_out = {}) {
  ArchiveReader archive(path);
  NamedBytes files;
  std::map<std::string, std::string> links;
  std::set<std::string> others;
  std::string piece(65536, ' ');
  while (archive.next()) {
    if (archive.is_folder()) continue;
    const std::string& name = archive.name();
    if (const std::string target = archive.link(); !target.empty()) {
      files.erase(name), others.erase(name);
      links[name] = target;
      continue;
    }
    const bool keep = archive.is_file() && (!wanted || wanted(name));
    std::string content;  // grows with what is really there
    for (std::size_t received = piece.size(); received == piece.size();) {
      received = archive.read(reinterpret_cast<unsigned char*>(piece.data()), piece.size());
      if (keep) content.append(piece, 0, received);
    }
    links.erase(name), others.erase(name);
    if (keep)
      files[name] = std::move(content);
    else
      others.insert(name);
  }
  follow_links(links);
  std::map<std::string, const std::string*> linked;
  const auto add = [&](const std::string& name, const std::string& content) {
    archive.count(name.size() + 256);  // many links to nothing take memory and time, too
    if (wanted && !wanted(name)) return false;
    archive.count(content.size());
    linked[name] = &content;
    return true;
  };
  for (const auto& [name, target] : links) {
    bool is_read = false;
    if (const auto file = files.find(target); file != files.end()) is_read = add(name, file->second);
    const std::string folder = target + "/";
    const bool is_loop = name.starts_with(folder);
    for (auto file = files.lower_bound(folder); !is_loop && file != files.end() && file->first.starts_with(folder);
         ++file)
      is_read = add(name + file->first.substr(target.size()), file->second) || is_read;
    if (!is_read) others.insert(name);
  }
  if (left_out)
    for (const std::string& name : others) left_out(name);
  for (const auto& [name, content] : linked) files.emplace(name, *content);
  return files;
}

}  // namespace latent::datasets
