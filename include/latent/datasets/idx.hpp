/// idx files, the format of MNIST, plain or packed with gzip.
///
///   offset 0  two bytes 0
///          2  the type of the elements: 0x08 for unsigned bytes, the only one read here
///          3  the number of dimensions, n
///          4  n sizes, 32 bits each, the highest byte first
///   4 + 4 n  the elements, the last dimension fastest
///
/// The format is described at the end of Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/parameters.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/byte_reader.hpp"

namespace latent::datasets {

/// More elements than this are refused, so that a small file that unpacks to something enormous does no harm.
/// MNIST has 47 million, the largest part of EMNIST 548 million.
inline constexpr std::size_t largest_idx = std::size_t{1} << 30;

/// Reads the header and returns the sizes. Throws FileError unless there are `rank` of them, none of them 0, and the
/// elements are unsigned bytes.
[[gnu::cold]] inline std::vector<Index> read_idx_header(ByteReader& file, std::size_t rank) {
  std::vector<unsigned char> header(4 + 4 * rank);
  const auto read = [&](std::size_t first, std::size_t count) {
    const std::size_t received = file.read(&header[first], count);
    if (received < count) {
      throw FileError(file.path(), text("ends at offset ", file.offset(), ", within the idx header: expected ",
                                        header.size(), " bytes of header"));
    }
  };
  read(0, 4);
  if (header[0] != 0 || header[1] != 0) {
    throw FileError(file.path(), text("is no idx file: expected the bytes 0 0 at offset 0, received ", int{header[0]},
                                      " ", int{header[1]}));
  }
  if (header[2] != 0x08) {
    throw FileError(file.path(), text("expected the type 8 (unsigned bytes) at offset 2, received ", int{header[2]}));
  }
  if (header[3] != rank) {
    throw FileError(file.path(), text("expected ", rank, rank == 1 ? " dimension" : " dimensions",
                                      " at offset 3, received ", int{header[3]}));
  }
  read(4, 4 * rank);
  std::vector<Index> shape;
  for (std::size_t at = 4; at < header.size(); at += 4) {
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = (size << 8) | header[at + i];
    if (size == 0) throw FileError(file.path(), text("expected a size of at least 1 at offset ", at, ", received 0"));
    shape.push_back(size);
  }
  return shape;
}

struct IdxBytes {
  std::vector<Index> shape;
  std::vector<unsigned char> elements;
};

/// Reads an idx file of `rank` dimensions. Memory grows with the data that are really there, whatever the header says.
/// Throws FileError, with the offset, if the file is too short, too long, damaged, or not what is expected.
[[gnu::cold]] inline IdxBytes read_idx(const std::string& path, std::size_t rank) {
  ByteReader file(path);
  IdxBytes idx{read_idx_header(file, rank), {}};
  std::size_t expected = 1;
  for (const Index size : idx.shape) {
    if (static_cast<std::size_t>(size) > largest_idx / expected) {
      throw FileError(path, text("the sizes ", shape_text(idx.shape), " at offset 4 make more elements than ",
                                 largest_idx, ", the most that is read"));
    }
    expected *= static_cast<std::size_t>(size);
  }
  const std::size_t start = file.offset();
  while (idx.elements.size() < expected) {
    const std::size_t before = idx.elements.size(), piece = std::min<std::size_t>(expected - before, 1 << 20);
    idx.elements.resize(before + piece);
    const std::size_t received = file.read(&idx.elements[before], piece);
    if (received < piece) {
      throw FileError(path, text("the sizes ", shape_text(idx.shape), " at offset 4 make ", expected,
                                 " elements: expected the end of the data at offset ", start + expected,
                                 ", received it at ", file.offset()));
    }
  }
  unsigned char surplus;
  if (file.read(&surplus, 1) != 0) {
    throw FileError(
        path, text("the sizes ", shape_text(idx.shape), " at offset 4 make ", expected,
                   " elements: expected the end of the data at offset ", start + expected, ", received more bytes"));
  }
  return idx;
}

/// Reads images: (number, height, width, 1), each pixel a byte divided by 255. Throws FileError.
[[gnu::cold]] inline Tensor<4> read_idx_images(const std::string& path) {
  const IdxBytes idx = read_idx(path, 3);
  Tensor<4> images(idx.shape[0], idx.shape[1], idx.shape[2], 1);
  for (Index i = 0; i < images.size(); ++i) {
    images.data()[i] = static_cast<float>(idx.elements[static_cast<std::size_t>(i)]) / 255.0f;
  }
  return images;
}

/// Reads labels: a number 0 ... 255 for each image. Throws FileError.
[[gnu::cold]] inline std::vector<int> read_idx_labels(const std::string& path) {
  const IdxBytes idx = read_idx(path, 1);
  return {idx.elements.begin(), idx.elements.end()};
}

}  // namespace latent::datasets
