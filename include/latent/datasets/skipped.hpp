/// Files, or arrays in a file, that a reader has found but not read.
#pragma once

#include <string>

#include "latent/core/text.hpp"

namespace latent::datasets {

/// How many were not read, and the name of the first of them in the alphabet.
struct Skipped {
  std::size_t count = 0;      ///< how many
  std::string first{};        ///< the first one's name
  const char* kind = "file";  ///< what they are

  /// Counts one more.
  void add(const std::string& name) {
    if (count++ == 0 || name < first) first = name;
  }

  /// Counts those of another part.
  void add(const Skipped& others) {
    if (others.count == 0) return;
    if (count == 0 || others.first < first) first = others.first;
    count += others.count;
  }

  /// For a program's banner: "" or " (not read: 1 file, notes.txt)" or " (not read: 3 files, the first notes.txt)".
  std::string text() const {
    if (count == 0) return "";
    return latent::text(" (not read: ", count, " ", kind, count == 1 ? ", " : "s, the first ", first, ")");
  }
};

}  // namespace latent::datasets
