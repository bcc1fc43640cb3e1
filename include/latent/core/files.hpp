/// Files are written whole or not at all.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "latent/core/check.hpp"

namespace latent {

/// Writes `bytes` to a temporary file beside `path` and renames it, so that `path` holds either what it held before or
/// all of `bytes`, whatever happens meanwhile. Makes the folder if it is missing. Throws FileError.
[[gnu::cold]] inline void write_atomically(const std::string& path, std::string_view bytes) {
  const std::filesystem::path target(path), folder = target.parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) throw FileError(path, text("cannot make the folder ", folder.string(), ": ", error.message()));
  const std::string temporary = text(path, ".", getpid(), ".part");
  std::ofstream out(temporary, std::ios::binary);
  if (!out) throw FileError(path, text("cannot be written: ", std::strerror(errno)));
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    const std::string reason = std::strerror(errno);
    std::filesystem::remove(temporary, error);
    throw FileError(path, text("writing ", bytes.size(), " bytes failed: ", reason));
  }
  std::filesystem::rename(temporary, target, error);
  if (error) {
    const std::string reason = error.message();
    std::filesystem::remove(temporary, error);
    throw FileError(path, text("cannot be put in place: ", reason));
  }
}

/// The whole content of a file. Throws FileError.
[[gnu::cold]] inline std::string read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw FileError(path, "is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) throw FileError(path, text("reading failed after ", bytes.size(), " bytes"));
  return bytes;
}

}  // namespace latent
