/// Writes safetensors files. Apart from the reader, which costs seconds of compile time, so that a program that only
/// saves does not pay for it.
///
///   offset 0  N, 64 bits, the lowest byte first
///          8  N bytes of JSON: {"__metadata__": {"key": "value"}, "name": {"dtype": "F32", "shape": [3, 3],
///             "data_offsets": [begin, end]}, ...}, padded with spaces; offsets count from the end of the header
///      8 + N  the elements of all tensors, without gaps, the lowest byte of each first, the last dimension fastest
///
/// The format is described at https://github.com/huggingface/safetensors.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"
#include "latent/core/parameters.hpp"

namespace latent::io {

static_assert(std::endian::native == std::endian::little, "safetensors files are written as they lie in memory");

/// Free texts about a file.
using Metadata = std::map<std::string, std::string>;

/// "F32" for float, "F64" for double.
template <class Scalar>
constexpr const char* dtype_name() {
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>, "expected float or double");
  return std::is_same_v<Scalar, float> ? "F32" : "F64";
}

/// A text as JSON, in quotes. Throws std::invalid_argument unless it is in UTF-8, which JSON has to be to be read again.
LATENT_COLD inline std::string json_text(const std::string& words) {
  check(is_utf8(words), "expected a name or a text in UTF-8, received ", words);
  std::string out = "\"";
  for (const char letter : words) {
    if (letter == '"' || letter == '\\') {
      out += {'\\', letter};
    } else if (static_cast<unsigned char>(letter) < 0x20) {
      char escaped[7];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(letter));
      out += escaped;
    } else {
      out += letter;
    }
  }
  return out + '"';
}

/// A tensor of any type, as it lies in memory.
struct TensorBytes {
  std::string name;          ///< its name in the file
  const char* dtype;         ///< "F32"
  std::vector<Index> shape;  ///< the length of each axis
  std::string_view bytes;    ///< row-major, little-endian
};
/// The tensor at `data` under a name.
template <class Scalar>
TensorBytes bytes_of(const std::string& name, const std::vector<Index>& shape, const Scalar* data) {
  std::size_t size = sizeof(Scalar);
  for (const Index n : shape) size *= static_cast<std::size_t>(n);
  return {name, dtype_name<std::remove_const_t<Scalar>>(), shape, {reinterpret_cast<const char*>(data), size}};
}

/// Writes the tensors in the order given; the same tensors and metadata give the same bytes. The file is written whole
/// or not at all. Throws std::invalid_argument if two tensors have one name or a text is not in UTF-8, and FileError if
/// writing fails.
LATENT_COLD inline void write_safetensors(const std::string& path, const std::vector<TensorBytes>& tensors,
                                          const Metadata& metadata = {}) {
  std::string header;
  const char* separator = "{";
  if (!metadata.empty()) {
    header = "{\"__metadata__\":";
    for (const auto& [key, value] : metadata) {
      header += text(separator, json_text(key), ":", json_text(value));
      separator = ",";
    }
    header += "}";
    separator = ",";
  }
  std::set<std::string> names{"__metadata__"};
  std::size_t end = 0;
  for (const auto& tensor : tensors) {
    check(names.insert(tensor.name).second, path, ": two tensors have the name ", tensor.name);
    const std::size_t begin = end;
    end += tensor.bytes.size();
    header += text(separator, json_text(tensor.name), R"(:{"dtype":")", tensor.dtype, R"(","shape":[)");
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) header += text(i > 0 ? "," : "", tensor.shape[i]);
    header += text(R"(],"data_offsets":[)", begin, ",", end, "]}");
    separator = ",";
  }
  if (*separator == '{') header = separator;  // neither metadata nor tensors
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');  // so that the elements are aligned in a file mapped into memory

  const std::uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes.reserve(sizeof length + header.size() + end);
  bytes += header;
  for (const auto& tensor : tensors) bytes += tensor.bytes;
  write_atomically(path, bytes);
  warn_of_ending(path, "safetensors", ".safetensors",
                 {".h5", ".hdf5", ".keras", ".pt", ".pth", ".onnx", ".npz", ".npy", ".pkl", ".tflite"});
}
/// Writes tensors and metadata to a file, which is whole or unchanged. Throws FileError.
template <class Scalar>
[[gnu::cold]] void write_safetensors(const std::string& path, const std::vector<NamedTensor<Scalar>>& tensors,
                                     const Metadata& metadata = {}) {
  std::vector<TensorBytes> all;
  for (const auto& tensor : tensors) all.push_back(bytes_of(tensor.name, tensor.shape, tensor.data));
  write_safetensors(path, all, metadata);
}

}  // namespace latent::io

namespace latent {
using io::write_safetensors;
}
