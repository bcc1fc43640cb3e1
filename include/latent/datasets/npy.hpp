/// .npy files, in which NumPy keeps an array: read in all versions of the format, and written.
///
///   offset 0  0x93 "NUMPY", then the version: 1, 2 or 3, and 0
///          8  the length of the header: 2 bytes in version 1, otherwise 4, the lowest byte first
///   10 or 12  the header: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }, blanks, a line end
///       then  the elements, the last dimension fastest, or the first if 'fortran_order' is True
///
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/check_shape.hpp"
#include "latent/core/files.hpp"
#include "latent/core/function_ref.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/byte_reader.hpp"
#include "latent/datasets/elements.hpp"

namespace latent::datasets {

/// Where an array is read from: a file, or a member of an .npz file.
struct NpySource {
  std::string path;
  std::string member;                                                    ///< "" or "x_train.npy: ", for messages
  std::size_t largest;                                                   ///< more bytes than these cannot come
  FunctionRef<std::size_t(unsigned char* out, std::size_t count)> read;  ///< fewer than `count` only at the end
};

/// The head of a .npy file.
struct NpyHeader {
  ElementType type;          ///< how the numbers are stored
  bool is_fortran;           ///< whether the first axis varies fastest
  std::vector<Index> shape;  ///< the length of each axis
  std::size_t count;         ///< of elements
};

/// An array whose elements are no numbers. The message names the file and what they are.
struct NotNumbers : FileError {
  std::string problem;  ///< what they are
  /// Of that file or member.
  [[gnu::cold]] NotNumbers(const NpySource& source, const std::string& what)
      : FileError(source.path, source.member + what), problem(what) {}
};

/// Reads {'name': value, ...}, as Python writes it.
class NpyHeaderParser {
 public:
  /// Of the words at the head of that file.
  NpyHeaderParser(const NpySource& source, std::string_view words) : source_(source), rest_(words) {}

  /// Throws FileError for anything but a type, an order and a shape, and NotNumbers for other elements.
  [[gnu::cold]] NpyHeader parse() {
    NpyHeader header{};
    bool has_type = false, has_order = false, has_shape = false;
    expect("{");
    while (!accept("}")) {
      const std::string name = quoted();
      expect(":");
      if (name == "descr") {
        header.type = type(), has_type = true;
      } else if (name == "fortran_order") {
        header.is_fortran = accept("True"), has_order = true;
        if (!header.is_fortran) expect("False");
      } else if (name == "shape") {
        header.shape = shape(), has_shape = true;
      } else {
        fail(text("expected 'descr', 'fortran_order' and 'shape' in the npy header, received '", name, "'"));
      }
      if (!accept(",")) {
        expect("}");
        break;
      }
    }
    skip_blanks();
    if (!rest_.empty() || !has_type || !has_order || !has_shape)
      fail("expected one 'descr', one 'fortran_order' and one 'shape' in the npy header");
    const bool is_empty = std::find(header.shape.begin(), header.shape.end(), 0) != header.shape.end();
    const std::size_t largest = is_empty ? std::size_t{1} << 40 : source_.largest / header.type.size;
    header.count = 1;
    for (const Index size : header.shape) {
      if (static_cast<std::size_t>(size) > largest / header.count)
        fail(text("its shape ", shape_text(header.shape), " needs more bytes than the file can hold"));
      header.count *= size != 0 ? static_cast<std::size_t>(size) : 1;
    }
    if (is_empty) header.count = 0;
    return header;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
  }
  bool accept(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail(text("expected ", word, " in the npy header, received ", rest_.substr(0, 20)));
  }
  std::string quoted() {
    const bool is_single = accept("'");
    if (!is_single) expect("\"");
    const std::size_t end = rest_.find(is_single ? '\'' : '"');
    if (end == std::string_view::npos) fail("has a name without its end in the npy header");
    const std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return word;
  }
  std::vector<Index> shape() {
    std::vector<Index> sizes;
    expect("(");
    while (!accept(")")) {
      skip_blanks();
      Index size = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
      if (error != std::errc() || size < 0) fail("expected sizes of at least 0 in the shape of the npy header");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      accept("L");  // Python 2 wrote some numbers so
      sizes.push_back(size);
      if (sizes.size() > 32) fail("has more than 32 dimensions");
      if (!accept(",")) {
        expect(")");
        break;
      }
    }
    return sizes;
  }
  ElementType type() {
    if (accept("[")) throw NotNumbers(source_, "holds records of several fields, which are not read");
    const std::string word = quoted();
    const auto is = [&](std::string_view kinds, std::string_view sizes) {
      return word.size() == 3 && std::string_view("<>|=").find(word[0]) != std::string_view::npos &&
             kinds.find(word[1]) != std::string_view::npos && sizes.find(word[2]) != std::string_view::npos;
    };
    using Kind = ElementType::Kind;
    const bool is_big = word.starts_with('>');
    const auto size = [&] { return static_cast<std::size_t>(word.back() - '0'); };
    if (is("b", "1")) return {Kind::boolean, 1, false};
    if (is("u", "1248")) return {Kind::natural, size(), is_big};
    if (is("i", "1248")) return {Kind::integer, size(), is_big};
    if (is("f", "248")) return {Kind::real, size(), is_big};
    const char kind = word.empty() ? ' ' : word[1];  // or what ends a word of one letter
    throw NotNumbers(source_, text("holds ",
                                   kind == 'O'                  ? "Python objects (pickled)"
                                   : kind == 'U' || kind == 'S' ? "text"
                                   : kind == 'c'                ? "complex numbers"
                                                                : "elements",
                                   " of the type '", word, "', expected whole numbers, floats or bool"));
  }
  [[noreturn, gnu::cold]] void fail(const std::string& problem) const {
    throw FileError(source_.path, source_.member + problem);
  }

  const NpySource& source_;
  std::string_view rest_;
};

/// Reads everything up to the elements. Throws FileError.
LATENT_COLD inline NpyHeader read_npy_header(const NpySource& source) {
  const auto get = [&](std::size_t count) {
    std::string bytes(count, ' ');
    if (source.read(reinterpret_cast<unsigned char*>(bytes.data()), count) < count)
      throw FileError(source.path, source.member + "ends within the npy header");
    return bytes;
  };
  const std::string start = get(8);
  if (!start.starts_with("\x93NUMPY")) throw FileError(source.path, source.member + "is no npy file");
  const int version = start[6];
  if (version < 1 || version > 3)
    throw FileError(source.path, text(source.member, "expected version 1 to 3 of the npy format, received ", version));
  const std::string length = get(version == 1 ? 2 : 4);
  std::size_t size = 0;
  for (std::size_t i = length.size(); i-- > 0;) size = 256 * size + static_cast<unsigned char>(length[i]);
  if (size > 1 << 16) throw FileError(source.path, text(source.member, "has an npy header of ", size, " bytes"));
  return NpyHeaderParser(source, get(size)).parse();
}

/// Reads the first `count` elements into `out`, the last dimension fastest whatever the file's order; of an array in
/// Fortran's order `count` has to be all. Throws FileError.
template <class Scalar>
[[gnu::cold]] void read_npy_elements(const NpySource& source, const NpyHeader& header, std::size_t count, Scalar* out) {
  const std::size_t size = header.type.size, rank = header.shape.size();
  const ElementReader<Scalar> elements(source.path, header.type);
  std::vector<unsigned char> piece(bytes_at_once);
  std::vector<Scalar> converted(header.is_fortran ? piece.size() / size : 0);
  std::vector<Index> at(rank), step(rank, 1);  // of an array in Fortran's order: where the next element belongs
  for (std::size_t axis = rank; axis-- > 1;) step[axis - 1] = step[axis] * header.shape[axis];
  Index place = 0;
  for (std::size_t done = 0; done < count;) {
    const std::size_t wanted = std::min(count - done, piece.size() / size);
    if (source.read(piece.data(), wanted * size) < wanted * size)
      throw FileError(source.path, text(source.member, "is cut short: expected ", header.count, " elements of ", size,
                                        size == 1 ? " byte, " : " bytes, ", shape_text(header.shape)));
    elements.convert(piece.data(), wanted, header.is_fortran ? converted.data() : out + done);
    for (std::size_t i = 0; header.is_fortran && i < wanted; ++i) {
      out[place] = converted[i];
      for (std::size_t axis = 0; axis < rank; ++axis) {
        place += step[axis];
        if (++at[axis] < header.shape[axis]) break;
        place -= step[axis] * header.shape[axis];
        at[axis] = 0;
      }
    }
    done += wanted;
  }
}

/// Throws FileError if something follows the elements. That an archive's checksum is right is only found out here, at the end, too.
LATENT_COLD inline void expect_npy_end(const NpySource& source, const NpyHeader& header) {
  unsigned char surplus[8];
  if (source.read(surplus, sizeof surplus) != 0)
    throw FileError(source.path, text(source.member, "goes on after its ", header.count, " elements, ",
                                      shape_text(header.shape), "; only one array in a file is read"));
}

/// The array, which has to have `Rank` dimensions and to be all that there is. Throws FileError.
template <int Rank, class Scalar>
[[gnu::cold]] Tensor<Rank, Scalar> read_npy_tensor(const NpySource& source) {
  const NpyHeader header = read_npy_header(source);
  if (header.shape.size() != Rank)
    throw FileError(source.path, text(source.member, "expected ", Rank, " dimensions, received ", header.shape.size(),
                                      ": ", shape_text(header.shape)));
  Eigen::array<Index, array_size(Rank)> sizes;
  std::copy(header.shape.begin(), header.shape.end(), sizes.begin());
  auto tensor = new_tensor<Tensor<Rank, Scalar>>(typename Tensor<Rank, Scalar>::Dimensions(sizes));
  read_npy_elements(source, header, header.count, tensor.data());
  expect_npy_end(source, header);
  return tensor;
}

/// Calls use(source) with the file, plain or packed with gzip. Throws FileError.
template <class Use>
[[gnu::cold]] auto with_npy_file(const std::string& path, const Use& use) {
  ByteReader file(path);
  const auto read = [&](unsigned char* out, std::size_t count) { return file.read(out, count); };
  return use(NpySource{path, "", file.largest_content(), read});
}

/// Reads an array as it is, without scaling: `const auto codes = read_npy<2>("codes.npy");`. Elements may be whole
/// numbers, floats of 2, 4 and 8 bytes, or bool. Throws FileError for others, for another rank than `Rank`, and for
/// numbers that Scalar does not hold.
template <int Rank, class Scalar = float>
[[gnu::cold]] Tensor<Rank, Scalar> read_npy(const std::string& path) {
  return with_npy_file(path, [](const NpySource& source) { return read_npy_tensor<Rank, Scalar>(source); });
}

/// The bytes of a .npy file with `count` elements of a type like "f4".
LATENT_COLD inline std::string npy_bytes(const char* type, const std::vector<Index>& shape, const void* elements,
                                         std::size_t size) {
  std::string header = std::string("{'descr': '") + (std::endian::native == std::endian::little ? '<' : '>') + type +
                       "', 'fortran_order': False, 'shape': (";
  for (const Index n : shape) header += std::to_string(n) + (shape.size() == 1 ? "," : ", ");
  if (shape.size() > 1) header.resize(header.size() - 2);
  header += "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');  // the elements begin at a multiple of 64
  header += '\n';
  std::string bytes = std::string("\x93NUMPY\1\0", 8);
  bytes += static_cast<char>(header.size() % 256);
  bytes += static_cast<char>(header.size() / 256);
  bytes += header;
  return bytes.append(static_cast<const char*>(elements), size);
}

/// A tensor as the bytes of a .npy file, float or double; labels as whole numbers of 4 bytes.
template <class Scalar, int Rank>
[[gnu::cold]] std::string npy_bytes(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& tensor) {
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>);
  return npy_bytes(sizeof(Scalar) == 4 ? "f4" : "f8", {tensor.dimensions().begin(), tensor.dimensions().end()},
                   tensor.data(), static_cast<std::size_t>(tensor.size()) * sizeof(Scalar));
}
/// The same, of labels, as int32.
LATENT_COLD inline std::string npy_bytes(const std::vector<int>& labels) {
  return npy_bytes("i4", {static_cast<Index>(labels.size())}, labels.data(), labels.size() * sizeof(int));
}

/// Writes a tensor or labels: `write_npy("codes.npy", codes)`, `numpy.load("codes.npy")`. Throws FileError.
template <class Array>
[[gnu::cold]] void write_npy(const std::string& path, const Array& array) {
  write_atomically(path, npy_bytes(array));
}

}  // namespace latent::datasets
