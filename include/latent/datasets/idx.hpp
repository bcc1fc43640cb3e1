/// idx files, the format of MNIST, plain or packed with gzip.
///
///   offset 0  two bytes 0
///          2  the type of the elements: 0x08 and 0x09 for bytes without and with a sign, 0x0b and 0x0c for whole numbers
///             of 2 and 4 bytes, 0x0d and 0x0e for floats of 4 and 8 bytes, each with the highest byte first
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
#include "latent/core/check_shape.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/byte_reader.hpp"
#include "latent/datasets/elements.hpp"

namespace latent::datasets {

/// More elements than this are refused, so that a small file cannot exhaust the memory.
/// MNIST has 47 million, the largest part of EMNIST 548 million.
inline constexpr std::size_t largest_idx = std::size_t{1} << 30;

/// The head of an idx file.
struct IdxHeader {
  ElementType type;          ///< how the numbers are stored
  std::vector<Index> shape;  ///< the length of each axis
};

/// What the byte at offset 2 says. Throws FileError.
LATENT_COLD inline ElementType idx_type(const std::string& path, int type) {
  using Kind = ElementType::Kind;
  const auto of = [](Kind kind, std::size_t size) { return ElementType{kind, size, true}; };
  switch (type) {
    case 0x08: return of(Kind::natural, 1);
    case 0x09: return of(Kind::integer, 1);
    case 0x0b: return of(Kind::integer, 2);
    case 0x0c: return of(Kind::integer, 4);
    case 0x0d: return of(Kind::real, 4);
    case 0x0e: return of(Kind::real, 8);
    default: throw FileError(path, text("expected the type 8, 9, 11, 12, 13 or 14 at offset 2, received ", type));
  }
}

/// Reads the header. Throws FileError unless there are `rank` sizes, none of them 0.
LATENT_COLD inline IdxHeader read_idx_header(ByteReader& file, std::size_t rank) {
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
  const ElementType type = idx_type(file.path(), header[2]);
  if (header[3] != rank) {
    throw FileError(file.path(), text("expected ", rank, rank == 1 ? " dimension" : " dimensions",
                                      " at offset 3, received ", int{header[3]}));
  }
  read(4, 4 * rank);
  std::vector<Index> shape;
  for (std::size_t at = 4; at < header.size(); at += 4) {
    const auto size = number_in<std::uint32_t>(&header[at], true);
    if (size == 0) throw FileError(file.path(), text("expected a size of at least 1 at offset ", at, ", received 0"));
    shape.push_back(size);
  }
  return {type, shape};
}

/// How many elements there are. Throws FileError for more than are read.
LATENT_COLD inline std::size_t idx_elements(const std::string& path, const IdxHeader& header) {
  std::size_t elements = 1;
  for (const Index size : header.shape) {
    if (static_cast<std::size_t>(size) > largest_idx / elements) {
      throw FileError(path, text("the sizes ", shape_text(header.shape), " at offset 4 make more elements than ",
                                 largest_idx, ", the most that is read"));
    }
    elements *= static_cast<std::size_t>(size);
  }
  return elements;
}

/// Reads an idx file of `Rank` dimensions as it is, or the first `limit` of its samples if that is not 0. Throws FileError,
/// with the offset, if the file is too short, too long, damaged, or not what is expected. The result may have more
/// dimensions, of size 1.
template <int Rank>
[[gnu::cold]] Tensor<Rank> read_idx(ByteReader& file, const IdxHeader& header, Index limit) {
  const std::string& path = file.path();
  check(limit >= 0, path, ": expected a limit of at least 0, received ", limit);
  const std::size_t expected = idx_elements(path, header);
  const std::size_t start = file.offset(), size = header.type.size;
  const auto complain = [&](const char* received, auto offset) {
    throw FileError(path, text("the sizes ", shape_text(header.shape), " at offset 4 make ", expected,
                               " elements: expected the end of the data at offset ", start + expected * size,
                               ", received ", received, offset));
  };
  std::vector<unsigned char> piece(bytes_at_once);
  if (start + expected * size > file.largest_content()) {  // no memory for what cannot be there
    while (file.read(piece.data(), piece.size()) == piece.size()) {
    }
    complain("it at ", file.offset());
  }
  Eigen::array<Index, array_size(Rank)> sizes;
  sizes.fill(1);
  std::copy(header.shape.begin(), header.shape.end(), sizes.begin());
  const bool is_limited = limit > 0 && limit < sizes[0];
  if (is_limited) sizes[0] = limit;
  auto tensor = new_tensor<Tensor<Rank>>(typename Tensor<Rank>::Dimensions(sizes));
  const ElementReader<float> elements(path, header.type);
  for (std::size_t done = 0, count = static_cast<std::size_t>(tensor.size()); done < count;) {
    const std::size_t wanted = std::min(count - done, piece.size() / size);
    if (file.read(piece.data(), wanted * size) < wanted * size) complain("it at ", file.offset());
    elements.convert(piece.data(), wanted, tensor.data() + done);
    done += wanted;
  }
  if (!is_limited && file.read(piece.data(), piece.size()) != 0) complain("more bytes", "");
  return tensor;
}
/// Reads an idx file, packed with gzip or not, as a tensor of that rank; at most `limit` samples, if that is not 0.
/// Throws FileError.
template <int Rank>
[[gnu::cold]] Tensor<Rank> read_idx(const std::string& path, Index limit = 0) {
  ByteReader file(path);
  const IdxHeader header = read_idx_header(file, Rank);
  return read_idx<Rank>(file, header, limit);
}

/// Reads images, or the first `limit` of them: (number, height, width, 1). Whole numbers are pixels 0 ... 255 and become
/// 0 ... 1; floats stay as they are. Throws FileError.
LATENT_COLD inline Tensor<4> read_idx_images(const std::string& path, Index limit = 0) {
  ByteReader file(path);
  const IdxHeader header = read_idx_header(file, 3);
  Tensor<4> images = read_idx<4>(file, header, limit);
  if (header.type.holds_pixels()) scale_pixels(path, images.data(), images.size());
  return images;
}

/// Reads labels, or the first `limit` of them: a whole number of at least 0 for each image. Throws FileError.
LATENT_COLD inline std::vector<int> read_idx_labels(const std::string& path, Index limit = 0) {
  const Tensor<1> numbers = read_idx<1>(path, limit);
  std::vector<int> labels;
  for (Index i = 0; i < numbers.size(); ++i) {
    if (!(numbers(i) >= 0 && numbers(i) <= 1e9f && numbers(i) == std::floor(numbers(i))))
      throw FileError(path, text("expected labels 0, 1 ..., received ", numbers(i)));
    labels.push_back(static_cast<int>(numbers(i)));
  }
  return labels;
}

}  // namespace latent::datasets
