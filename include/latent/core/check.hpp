/// Errors. Wrong shapes of a network are found at compile time; everything else throws `std::invalid_argument`
/// (or `FileError`, which is one) with the values in the message: "fit: 60000 inputs but 59999 targets".
#pragma once

#include <new>
#include <stdexcept>
#include <string>

#include "latent/core/text.hpp"

namespace latent {

/// Throws std::invalid_argument with the parts of the message one after the other.
[[noreturn, gnu::cold]] inline void throw_invalid_argument(std::initializer_list<TextPart> message) {
  throw std::invalid_argument(join(message));
}

/// Throws `std::invalid_argument` with the joined parts as its message unless `condition` holds.
/// The message is made only when it is needed.
template <class... Parts>
void check(bool condition, const Parts&... message) {
  if (!condition) throw_invalid_argument({message...});
}

/// A file that cannot be read, cannot be written, or does not hold what it should. The message names the file.
struct FileError : std::invalid_argument {
  /// The message is "path: problem".
  [[gnu::cold]] FileError(const std::string& path, const std::string& problem)
      : std::invalid_argument((path.empty() ? "a file without a name" : path) + ": " + problem) {}
};

/// There is no memory for what was asked for. The message says how much that was, and what may help.
class OutOfMemory : public std::bad_alloc {
 public:
  /// The message says how many bytes were asked for.
  [[gnu::cold]] explicit OutOfMemory(double bytes)
      : message_(text("there is no memory for ", with_decimals(bytes, 0), " bytes",
                      bytes < 1e6   ? std::string()
                      : bytes < 1e9 ? " (" + with_decimals(bytes / 1e6, 2) + " MB)"
                                    : " (" + with_decimals(bytes / 1e9, 2) + " GB)",
                      "; fewer samples at once, a smaller batch, fewer threads or a smaller network may help")) {}
  /// The message.
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

}  // namespace latent
