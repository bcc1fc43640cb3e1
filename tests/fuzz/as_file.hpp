/// What the fuzzer makes up, as a file in memory.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "latent/core/check.hpp"

/// A file with these bytes; it is gone at the end of the scope.
class MemoryFile {
 public:
  MemoryFile(const void* bytes, std::size_t size) : descriptor_(memfd_create("fuzz", 0)) {
    if (descriptor_ < 0 || write(descriptor_, bytes, size) != static_cast<ssize_t>(size)) std::abort();
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return latent::text("/proc/self/fd/", descriptor_); }

 private:
  int descriptor_;
};

/// Stops the fuzzer, which then writes the input that led here to a file.
inline void expect(bool condition) {
  if (!condition) std::abort();
}

/// Calls read(path), which may throw nothing but a FileError that names the file. Returns whether it did not.
template <class Read>
bool reads(const MemoryFile& file, Read read) {
  try {
    read(file.path());
    return true;
  } catch (const latent::FileError& error) {
    const std::string words = error.what();
    expect(words.starts_with(file.path() + ": ") || words.starts_with(file.path() + "/"));  // of an image in an archive
    return false;
  }
}
