/// Reads safetensors files. The format is described in safetensors_writer.hpp. The only user of nlohmann-json.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/parameters.hpp"
#include "latent/io/safetensors_writer.hpp"

namespace latent::io {

/// Headers longer than this are refused, as other readers do.
inline constexpr std::size_t largest_header = 100'000'000;

/// One tensor in a file: its element type ("F32", "F64", "I64", ...), its shape, and which bytes of the data are its
/// own.
struct StoredTensor {
  std::string dtype;         ///< the numbers' type, in the file's words: "F32"
  std::vector<Index> shape;  ///< the length of each axis
  std::size_t begin, end;    ///< Where its bytes are in the data.
};

/// Bytes in one element of this type, or 0 if the type is unknown.
inline std::size_t dtype_size(const std::string& dtype) {
  static const std::map<std::string, std::size_t> sizes{
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"U16", 2}, {"I16", 2}, {"F16", 2},
      {"BF16", 2}, {"U32", 4}, {"I32", 4}, {"F32", 4},     {"U64", 8},     {"I64", 8}, {"F64", 8}};
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? 0 : found->second;
}

/// The content of a safetensors file.
struct SafeTensors {
  std::string path;
  std::map<std::string, StoredTensor> tensors;  ///< by name
  Metadata metadata;                            ///< strings by name
  std::string data;                             ///< the bytes of all tensors

  /// Whether there is a tensor of that name.
  bool contains(const std::string& name) const { return tensors.count(name) > 0; }

  /// Throws FileError if there is no tensor of this name.
  const StoredTensor& at(const std::string& name) const {
    const auto found = tensors.find(name);
    if (found == tensors.end()) throw FileError(path, "has no tensor " + name);
    return found->second;
  }

  /// The bytes of one tensor; valid as long as this object is.
  std::string_view bytes(const std::string& name) const {
    const StoredTensor& tensor = at(name);
    return std::string_view(data).substr(tensor.begin, tensor.end - tensor.begin);
  }

  /// The elements of a tensor of type F32 or F64, in row-major order, as float or double. Throws FileError if the
  /// tensor is missing, has another type, or holds a double that is too large for a float.
  template <class Scalar>
  std::vector<Scalar> get(const std::string& name) const {
    const std::string& dtype = at(name).dtype;
    if (dtype == "F32") return converted<Scalar, float>(name);
    if (dtype == "F64") return converted<Scalar, double>(name);
    throw FileError(path, "tensor " + name + ": expected the type F32 or F64, received " + dtype);
  }

 private:
  template <class Scalar, class Stored>
  std::vector<Scalar> converted(const std::string& name) const {
    const std::string_view raw = bytes(name);
    std::vector<Scalar> values(raw.size() / sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
      Stored stored;
      std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
      if constexpr (sizeof(Stored) > sizeof(Scalar)) {
        if (std::isfinite(stored) && std::abs(stored) > std::numeric_limits<Scalar>::max()) {
          throw FileError(path, text("tensor ", name, ", element ", i, ": ", stored, " is too large for a float"));
        }
      }
      values[i] = static_cast<Scalar>(stored);
    }
    return values;
  }
};

/// More dimensions than this are refused (NumPy has the same bound).
inline constexpr std::size_t most_dimensions = 64;

/// The beginning of a text out of a file, for a message.
inline std::string excerpt(const std::string& words, std::size_t most = 100) {
  return words.size() <= most ? words : words.substr(0, most) + "...";
}
/// The beginning of a piece of JSON, for messages.
template <class Json>
std::string excerpt_of(const Json& json) {
  return excerpt(json.dump());
}

/// Reads the JSON header piece by piece: the parser calls it for each value, and does not store values that it has
/// handled, so that only names, shapes and texts are kept.
template <class Json>
class HeaderReader {
 public:
  /// `data_size` is the size of all tensors together.
  HeaderReader(SafeTensors& file, std::size_t data_size) : file_(file), data_size_(data_size) {}

  /// True if the parser shall keep `value`. Throws std::invalid_argument.
  bool operator()(int depth, typename Json::parse_event_t event, Json& value) {
    using Event = typename Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      check(depth < 3, "the header is nested deeper than 3 levels");
      check(depth != 2 || !in_metadata(), "expected a text for ", excerpt(key_));
      if (depth == 1) keys_.clear();
      numbers_ = 0;
      return true;
    }
    if (event == Event::key) {
      const auto& key = value.template get_ref<const std::string&>();
      if (depth == 1) {
        name_ = key;
        check(name_ == "__metadata__" ? !std::exchange(has_metadata_, true) : !file_.contains(name_),
              "the header has this name twice");
      } else if (depth == 2) {
        check(in_metadata() || key == "dtype" || key == "shape" || key == "data_offsets",
              "expected dtype, shape and data_offsets, received ", excerpt(key));
        check(in_metadata() ? file_.metadata.count(key) == 0 : keys_.insert(key).second, excerpt(key),
              " is there twice");
        key_ = key;
        return !in_metadata();
      }
      return true;
    }
    if (depth == 3 && event == Event::value)
      check(++numbers_ <= most_dimensions, "expected at most ", most_dimensions, " numbers for ", excerpt(key_));
    if (depth == 2 && in_metadata()) {
      check(value.is_string(), "expected a text for ", excerpt(key_), ", received ", excerpt_of(value));
      file_.metadata[key_] = value.template get<std::string>();
    } else if (depth == 1) {
      check(value.is_object(), "expected a JSON object, received ", excerpt_of(value));
      if (!in_metadata()) file_.tensors[name_] = tensor(value);
      return false;
    }
    check(depth != 0 || value.is_object(), "expected a JSON object, received ", excerpt_of(value));
    return true;
  }

  /// Where the reader was when something went wrong: "conv2d/kernel: ".
  std::string where() const { return name_.empty() ? "" : excerpt(name_) + ": "; }

 private:
  bool in_metadata() const { return name_ == "__metadata__"; }

  StoredTensor tensor(const Json& entry) const {
    check(entry.size() == 3, "expected dtype, shape and data_offsets, received ", excerpt_of(entry));
    const auto is_number = [](const Json& number) { return number.is_number_unsigned(); };
    const Json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
    check(dtype.is_string() && dtype_size(dtype.template get<std::string>()) > 0, "expected a known dtype, received ",
          excerpt_of(dtype));
    check(shape.is_array() && std::all_of(shape.begin(), shape.end(), is_number),
          "expected a shape of numbers, received ", excerpt_of(shape));
    check(offsets.is_array() && offsets.size() == 2 && std::all_of(offsets.begin(), offsets.end(), is_number),
          "expected two data_offsets, received ", excerpt_of(offsets));

    StoredTensor tensor{dtype.template get<std::string>(),
                        {},
                        offsets[0].template get<std::size_t>(),
                        offsets[1].template get<std::size_t>()};
    check(tensor.begin <= tensor.end && tensor.end <= data_size_, "expected data_offsets within [0, ", data_size_,
          "], received [", tensor.begin, ", ", tensor.end, "]");
    constexpr std::size_t limit = std::numeric_limits<Index>::max() / 8;  // 8 bytes is the largest element
    std::size_t elements = 1;
    for (const Json& number : shape) {
      const auto size = number.template get<std::size_t>();
      check(size <= limit && (size == 0 || elements <= limit / size), "the shape ", excerpt_of(shape), " is too large");
      elements *= size;
      tensor.shape.push_back(static_cast<Index>(size));
    }
    const std::size_t expected = elements * dtype_size(tensor.dtype);
    check(tensor.end - tensor.begin == expected, "expected ", expected, " bytes for ", tensor.dtype, " ",
          shape_text(tensor.shape), ", received data_offsets [", tensor.begin, ", ", tensor.end, "]");
    return tensor;
  }

  SafeTensors& file_;
  std::size_t data_size_;
  std::string name_, key_;  // where we are
  bool has_metadata_ = false;
  std::set<std::string> keys_;  // of the tensor we are in
  std::size_t numbers_ = 0;     // of the shape we are in
};

/// Fills `tensors` and `metadata` of `file` from the JSON header. Throws FileError.
template <class Json>
void read_header(SafeTensors& file, const std::string& header, std::size_t data_size) {
  // The parser would take a byte 0 for the end.
  const std::size_t zero = header.find('\0');
  if (zero != std::string::npos)
    throw FileError(file.path, text("the header is no JSON at offset ", 8 + zero, ": a byte 0"));
  HeaderReader<Json> reader(file, data_size);
  try {
    [[maybe_unused]] const Json left = Json::parse(header, std::ref(reader));
  } catch (const typename Json::parse_error& error) {
    throw FileError(file.path, text("the header is no JSON at offset ", 8 + error.byte, ": ", excerpt(error.what())));
  } catch (const std::exception& error) {
    throw FileError(file.path, text("in the header, at offset 8: ", reader.where(), excerpt(error.what(), 400)));
  }
}

/// Throws FileError unless the tensors follow each other without a gap or an overlap and fill the data.
inline void check_no_gaps(const SafeTensors& file, std::size_t data_start, std::size_t data_size) {
  std::vector<const std::pair<const std::string, StoredTensor>*> order;
  order.reserve(file.tensors.size());
  for (const auto& entry : file.tensors) order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::size_t end = 0;
  for (const auto* entry : order) {
    const auto& [name, tensor] = *entry;
    if (tensor.begin != end) {
      throw FileError(file.path, text("tensor ", excerpt(name), ": expected its data at offset ", data_start + end,
                                      ", the end of the one before, received ", data_start + tensor.begin));
    }
    end = tensor.end;
  }
  if (end != data_size) {
    throw FileError(file.path, text("expected the end of the data at offset ", data_start + end, ", received ",
                                    data_start + data_size));
  }
}

/// Reads and checks a whole file. Nothing in it is believed before it was compared with the size of the file, so that
/// the memory needed is a small multiple of that, whatever the header says. Throws FileError, with the offset. (A
/// template only so that nlohmann-json is compiled where it is used.)
template <class Json = nlohmann::json>
SafeTensors read_safetensors(const std::string& path) {
  std::error_code error;
  const std::size_t size = std::filesystem::file_size(path, error);
  if (error) throw FileError(path, "cannot be read: " + error.message());
  std::ifstream in(path, std::ios::binary);
  if (!in) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
  if (size < 8) throw FileError(path, text("expected at least 8 bytes, received ", size));

  std::uint64_t length = 0;
  in.read(reinterpret_cast<char*>(&length), sizeof length);
  const std::size_t longest = std::min(size - 8, largest_header);
  if (in && length > longest) {  // else it may be a length whose bytes are those with which another format begins
    const std::string_view first(reinterpret_cast<const char*>(&length), sizeof length);
    for (const auto& [begin, what] : {std::pair<const char*, const char*>{"\x89HDF", "an HDF5 file"},
                                      {"PK\3\4", "a zip archive"},
                                      {"\x80\2", "a Python pickle"},
                                      {"\x80\4", "a Python pickle"}})
      if (first.starts_with(begin))
        throw FileError(path, text("is ", what,
                                   ", not safetensors; scripts/keras_weights.py converts Keras's .keras and "
                                   ".h5, scripts/pytorch_weights.py PyTorch's .pt"));
    if (first.starts_with("<!") || first.starts_with("<htm"))
      throw FileError(path, "is a web page, not safetensors: the download may have failed");
    if (first == "version ") throw FileError(path, "is a note of Git LFS, not the file: git lfs pull fetches it");
    throw FileError(
        path, text("expected a header of at most ", longest, " bytes, received the length ", length, " at offset 0"));
  }
  SafeTensors file{path, {}, {}, {}};
  std::string header(length, ' ');
  in.read(header.data(), static_cast<std::streamsize>(length));
  if (!in) throw FileError(path, "reading the header failed");
  const std::size_t data_start = 8 + length, data_size = size - data_start;
  read_header<Json>(file, header, data_size);
  check_no_gaps(file, data_start, data_size);
  file.data.resize(data_size);
  in.read(file.data.data(), static_cast<std::streamsize>(data_size));
  if (!in) throw FileError(path, text("reading ", data_size, " bytes at offset ", data_start, " failed"));
  return file;
}

}  // namespace latent::io

namespace latent {
using io::read_safetensors;
using io::SafeTensors;
}  // namespace latent
