/// Files are written whole or not at all.
#pragma once

#include "latent/core/compiler.hpp"

#if LATENT_HAS_FOLDERS
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifndef _WIN32
#include <sys/file.h>
#endif
#include <filesystem>
#include <fstream>
#endif

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "latent/core/check.hpp"

namespace latent {

#if LATENT_HAS_FOLDERS
namespace detail {

#ifdef _WIN32
inline constexpr int write_only = O_WRONLY | O_BINARY;
inline int to_disk(int file) { return _commit(file); }
inline bool lock(int) { return true; }  // there nobody removes what another has open
#else
inline constexpr int write_only = O_WRONLY | O_CLOEXEC;
inline int to_disk(int file) { return fsync(file); }
/// False if another process, or another descriptor of this one, has the lock. It ends with whoever holds it.
inline bool lock(int file) { return flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }
#endif

/// An open file that is closed in any case.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : file_(open(path.c_str(), flags, 0666)) {}  // for a file that it makes
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count = std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max());  // Windows counts so far
      const auto written = ::write(file_, bytes.data(), static_cast<unsigned>(count));
      if (written >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(written));
      else if (errno != EINTR)
        return false;
    }
    return true;
  }
  bool close() { return file_ < 0 || ::close(std::exchange(file_, -1)) == 0; }

 private:
  int file_;
};

/// A link in this folder, such as the target of /dev/stdout, stands for an open file, whatever its name is.
inline bool is_open_file(const std::filesystem::path& path) { return path.string().starts_with("/proc/"); }

/// The target of a path. For a symbolic link this is the path that it names, whether or not there is a file. The links are no
/// loop.
inline std::filesystem::path followed(std::filesystem::path path) {
  std::error_code error;
  while (!is_open_file(path) && std::filesystem::is_symlink(path, error))
    path = path.parent_path() / std::filesystem::read_symlink(path, error);
  return path;
}

/// What the temporary files of `target` begin with: NAME.latent-12-3.part is the third file of process 12. Others, too, call
/// files NAME.1.part or NAME.0-1023.part, so the library says that it is its own.
inline std::string temporary_name(const std::string& target) { return target + ".latent-"; }

/// Whether `rest`, what follows `temporary_name`, is as the library writes it: 12-3.part.
LATENT_COLD inline bool is_end_of_temporary_name(std::string_view rest) {
  for (const char* end : {"-", ".part"}) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    rest.remove_prefix(digits);
    if (digits == 0 || !rest.starts_with(end)) return false;
    rest.remove_prefix(std::string_view(end).size());
  }
  return rest.empty();
}

/// Removes temporary files that a process left beside `target` when it ended while writing: those that nobody has locked.
LATENT_COLD inline void remove_abandoned(const std::filesystem::path& target) {
  const std::string name = temporary_name(target.filename().string());
  std::error_code error;
  std::filesystem::directory_iterator files(target.has_parent_path() ? target.parent_path() : ".", error);
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    const std::string file = files->path().filename().string();
    std::error_code ignored;
    if (!file.starts_with(name) || !is_end_of_temporary_name(std::string_view(file).substr(name.size())) ||
        !files->is_regular_file(ignored))
      continue;
    const Descriptor part(files->path().string(), write_only);
    if (part && lock(part.get())) std::filesystem::remove(files->path(), ignored);
  }
}

}  // namespace detail
#endif

/// Whether this process writes files. Of several processes that train together (mpi.hpp), only one does; in the others, calls
/// to write or to remove a file do nothing.
inline std::atomic<bool>& writes_files() {
  static std::atomic<bool> yes{true};
  return yes;
}

/// Removes a file, if there is one.
LATENT_COLD inline void remove_file(const std::string& path) {
  if (writes_files()) std::remove(path.c_str());
}

/// Writes `bytes` to a temporary file beside `path`, waits until they are on the disk, and renames it: `path` holds
/// either what it held before or all of `bytes`, whatever happens meanwhile, and whoever else writes it. Makes the folder
/// if it is missing. A symbolic link stays one; a device or a pipe is written to as it is. Throws FileError.
/// (WASI's files are written in place.)
LATENT_COLD inline void write_atomically(const std::string& path, std::string_view bytes) {
  if (!writes_files()) return;
#if LATENT_HAS_FOLDERS
  namespace fs = std::filesystem;
  const auto reason = [] { return std::string(std::strerror(errno)); };
  const auto failed = [&](const std::string& why) {
    return FileError(path, text("writing ", bytes.size(), " bytes failed: ", why));
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) throw FileError(path, "is a folder, not a file");
  if (!fs::status_known(status)) throw FileError(path, text("cannot be reached: ", error.message()));
  const fs::path target = detail::followed(path), folder = target.parent_path();
  const bool replaceable = (!fs::exists(status) || fs::is_regular_file(status)) && !detail::is_open_file(target);
  if (!replaceable) {
    detail::Descriptor out(path, detail::write_only);
    if (!out) throw FileError(path, text("cannot be written: ", reason()));
    if (!out.write(bytes) || !out.close()) throw failed(reason());
    return;
  }
  error.clear();  // that there is no such file yet is none
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) throw FileError(path, text("cannot make the folder ", folder.string(), ": ", error.message()));
  struct stat before;
  const bool replaces = stat(target.string().c_str(), &before) == 0;
  if (replaces && access(target.string().c_str(), W_OK) != 0)
    throw FileError(path, text("cannot be written: ", reason()));
  detail::remove_abandoned(target);

  static std::atomic<unsigned long> files{0};
  for (;;) {
    const std::string temporary = text(detail::temporary_name(target.string()), getpid(), "-", ++files, ".part");
    detail::Descriptor out(temporary, detail::write_only | O_CREAT | O_EXCL);
    if (!out && errno == EEXIST) continue;  // of a process elsewhere with the same number
    if (!out) throw FileError(path, text("cannot be written: ", reason()));
    if (!detail::lock(out.get()) || !fs::exists(temporary, error)) continue;  // somebody took it for abandoned
    const auto give_up = [&](const FileError& why) {
      out.close();
      fs::remove(temporary, error);
      throw why;
    };
#ifndef _WIN32
    if (replaces && fchmod(out.get(), before.st_mode & 07777) != 0) give_up(failed(reason()));
#endif
    if (!out.write(bytes) || detail::to_disk(out.get()) != 0) give_up(failed(reason()));
#ifdef _WIN32
    if (!out.close()) give_up(failed(reason()));
#endif
    fs::rename(temporary, target, error);  // the lock is held until it has its name
    if (error) give_up(FileError(path, text("cannot be put in place: ", error.message())));
    break;
  }
#ifndef _WIN32
  // The new name, too, has to be on the disk; where a folder cannot be opened for that, the file is still whole.
  if (const detail::Descriptor of(folder.empty() ? "." : folder.string(), O_RDONLY | O_CLOEXEC); of) fsync(of.get());
#endif
#else
  std::FILE* const out = std::fopen(path.c_str(), "wb");
  const bool written = out && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  if (!out || std::fclose(out) != 0 || !written)
    throw FileError(path, text("cannot be written: ", std::strerror(errno)));
#endif
}

/// What is wrong with the name of a file that is written in a format: "" or, if it has the ending of another one, a sentence with the
/// name that it should have.
LATENT_COLD inline std::string wrong_ending(const std::string& path, const std::string& format,
                                            const std::string& ending, std::initializer_list<const char*> of_others) {
  const std::size_t dot = path.find_last_of("./");
  if (dot == std::string::npos || path[dot] == '/') return "";
  const std::string its = in_small_letters(path.substr(dot));
  if (std::find(of_others.begin(), of_others.end(), its) == of_others.end()) return "";
  return text(path, " is ", format, " in spite of its name; call it ", path.substr(0, dot), ending);
}
/// Says so on standard error. The file is written nevertheless, so that nothing is lost.
LATENT_COLD inline void warn_of_ending(const std::string& path, const std::string& format, const std::string& ending,
                                       std::initializer_list<const char*> of_others) {
  const std::string words = wrong_ending(path, format, ending, of_others);
  if (!words.empty()) std::fputs(("warning: " + words + "\n").c_str(), stderr);
}

/// Throws FileError for a pipe or a device: who opens it again waits for more. Of a path where there is nothing it says nothing.
LATENT_COLD inline void check_can_be_read_twice([[maybe_unused]] const std::string& path) {
#if LATENT_HAS_FOLDERS
  std::error_code error;
  if (std::filesystem::is_other(std::filesystem::status(path, error)))
    throw FileError(path, "is a pipe or a device, expected a file, which can be read more than once");
#endif
}

/// The whole content of a file. Throws FileError.
LATENT_COLD inline std::string read_file(const std::string& path) {
#if LATENT_HAS_FOLDERS
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw FileError(path, "is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) throw FileError(path, text("reading failed after ", bytes.size(), " bytes"));
#else
  std::FILE* const in = std::fopen(path.c_str(), "rb");
  if (!in) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
  std::string bytes;
  for (int c = std::fgetc(in); c != EOF; c = std::fgetc(in)) bytes.push_back(static_cast<char>(c));
  std::fclose(in);
#endif
  return bytes;
}

}  // namespace latent
