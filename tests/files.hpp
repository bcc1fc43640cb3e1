/// Files for tests: a folder that vanishes, and a loop over everything that can be missing from a file.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "latent/core/check.hpp"

/// A new, empty folder, removed at the end of the scope.
struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    static int number = 0;
    path = std::filesystem::temp_directory_path() / latent::text("latent_test_", getpid(), "_", number++);
    std::filesystem::create_directories(path);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& bytes) const {
    const auto file = path / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(out.good());
    return file.string();
  }
};

/// The message of the FileError that `action` throws, or "" with a failed check if it throws none. The message must
/// name the file.
template <class Action>
std::string file_error(const std::string& path, Action action) {
  try {
    action();
  } catch (const latent::FileError& error) {
    CHECK(std::string(error.what()).rfind(path + ": ", 0) == 0);
    return error.what();
  }
  FAIL_CHECK("expected a FileError that names " << path);
  return "";
}

/// True if `text` has `part` in it.
inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Checks that `read(path)` throws FileError for every beginning of `bytes`, from none to all but the last byte, and
/// does not for all of them.
template <class Read>
void check_every_truncation(const std::string& bytes, Read read) {
  const TemporaryFolder folder;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    const std::string path = folder.write("cut", bytes.substr(0, length));
    file_error(path, [&] { read(path); });
  }
  const std::string whole = folder.write("whole", bytes);
  CHECK_NOTHROW(read(whole));
}
