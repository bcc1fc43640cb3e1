/// tar archives, plain or packed with gzip.
///
/// A tar file is a sequence of blocks of 512 bytes: for each file a header, then its content filled up to whole blocks.
///
///     offset   0  name, up to 100 bytes
///            124  size, octal digits
///            148  sum of the header's bytes, octal
///            156  type: 0 a file, 5 a folder
///            257  "ustar"
///            345  what comes before the name, up to 155 bytes
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/datasets/byte_reader.hpp"

namespace latent::datasets {

struct NamedBytes {
  std::string name, bytes;
};

/// Archives with more in them are refused, so that a small file that unpacks to something enormous does no harm.
inline constexpr std::size_t largest_tar = std::size_t{1} << 30;

/// All files of an archive, in its order. Folders, links and the like are left out. Throws FileError, with the offset,
/// for an archive that is cut short or damaged.
[[gnu::cold]] inline std::vector<NamedBytes> read_tar(const std::string& path) {
  constexpr std::size_t block = 512;
  ByteReader file(path);
  std::vector<NamedBytes> files;
  std::array<unsigned char, block> header;
  for (std::size_t at = 0;; at = file.offset()) {
    const std::size_t received = file.read(header.data(), block);
    if (received == 0 || std::all_of(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(received),
                                     [](unsigned char byte) { return byte == 0; })) {
      if (received % block != 0 || files.empty())
        throw FileError(path, text("ends at offset ", file.offset(), ", expected files of a tar archive"));
      return files;
    }
    if (received < block) throw FileError(path, text("ends at offset ", file.offset(), ", within a tar header"));
    const auto field = [&](std::size_t from, std::size_t length) {
      const std::string_view bytes(reinterpret_cast<const char*>(header.data()) + from, length);
      return std::string(bytes.substr(0, bytes.find('\0')));
    };
    const auto octal = [&](std::size_t from, std::size_t length, const char* what) {
      std::size_t value = 0, digits = 0;
      for (const char c : field(from, length)) {
        if (c == ' ') continue;
        if (c < '0' || c > '7')
          throw FileError(path, text("is no tar archive: expected the octal ", what, " at offset ", at + from));
        value = value * 8 + static_cast<std::size_t>(c - '0'), ++digits;
      }
      if (digits == 0)
        throw FileError(path, text("is no tar archive: expected the octal ", what, " at offset ", at + from));
      return value;
    };
    std::size_t sum = 0;  // in which the sum itself counts as blanks
    for (std::size_t i = 0; i < block; ++i) sum += i >= 148 && i < 156 ? ' ' : header[i];
    if (octal(148, 8, "sum") != sum)
      throw FileError(path, text("the tar header at offset ", at, " is damaged: its sum is wrong"));

    const std::size_t size = octal(124, 12, "size");
    if (size > largest_tar || file.offset() > largest_tar - size)
      throw FileError(path, text("is larger than ", largest_tar, " bytes, the most that is read, at offset ", at));
    const std::string before = field(257, 5) == "ustar" ? field(345, 155) : "";
    NamedBytes content{(before.empty() ? "" : before + "/") + field(0, 100), {}};
    const std::size_t whole = (size + block - 1) / block * block;
    while (content.bytes.size() < whole) {  // memory grows with what is really there
      const std::size_t done = content.bytes.size(), piece = std::min<std::size_t>(whole - done, 1 << 20);
      content.bytes.resize(done + piece);
      if (file.read(reinterpret_cast<unsigned char*>(&content.bytes[done]), piece) < piece)
        throw FileError(
            path, text("ends at offset ", file.offset(), ", within ", content.name, ", which begins at offset ", at));
    }
    content.bytes.resize(size);
    if (header[156] == '0' || header[156] == 0) files.push_back(std::move(content));
  }
}

}  // namespace latent::datasets
