/// Reads safetensors files. The format is described in safetensors_writer.hpp. The only user of nlohmann-json.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
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
  std::string dtype;
  std::vector<Index> shape;
  std::size_t begin, end;
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
  std::map<std::string, StoredTensor> tensors;
  Metadata metadata;
  std::string data;

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

/// The beginning of a piece of JSON, for a message.
template <class Json>
struct Excerpt {
  const Json& json;
  friend std::ostream& operator<<(std::ostream& out, const Excerpt& excerpt) {
    return out << excerpt.json.dump().substr(0, 100);
  }
};
template <class Json>
Excerpt(const Json&) -> Excerpt<Json>;

/// One entry of the header. `data_size` is the size of all tensors together. Throws std::invalid_argument.
template <class Json>
StoredTensor read_entry(const Json& entry, std::size_t data_size) {
  check(entry.is_object() && entry.size() == 3 && entry.contains("dtype") && entry.contains("shape") &&
            entry.contains("data_offsets"),
        "expected dtype, shape and data_offsets, received ", Excerpt{entry});
  const auto is_number = [](const Json& number) { return number.is_number_unsigned(); };
  const Json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
  check(dtype.is_string() && dtype_size(dtype.template get<std::string>()) > 0, "expected a known dtype, received ",
        Excerpt{dtype});
  check(shape.is_array() && std::all_of(shape.begin(), shape.end(), is_number),
        "expected a shape of numbers, received ", Excerpt{shape});
  check(offsets.is_array() && offsets.size() == 2 && std::all_of(offsets.begin(), offsets.end(), is_number),
        "expected two data_offsets, received ", Excerpt{offsets});

  StoredTensor tensor{dtype.template get<std::string>(),
                      {},
                      offsets[0].template get<std::size_t>(),
                      offsets[1].template get<std::size_t>()};
  check(tensor.begin <= tensor.end && tensor.end <= data_size, "expected data_offsets within [0, ", data_size,
        "], received [", tensor.begin, ", ", tensor.end, "]");
  constexpr std::size_t limit = std::numeric_limits<Index>::max() / 8;  // 8 bytes is the largest element
  std::size_t elements = 1;
  for (const Json& number : shape) {
    const auto size = number.template get<std::size_t>();
    check(size <= limit && (size == 0 || elements <= limit / size), "the shape ", Excerpt{shape}, " is too large");
    elements *= size;
    tensor.shape.push_back(static_cast<Index>(size));
  }
  const std::size_t expected = elements * dtype_size(tensor.dtype);
  check(tensor.end - tensor.begin == expected, "expected ", expected, " bytes for ", tensor.dtype, " ",
        shape_text(tensor.shape), ", received data_offsets [", tensor.begin, ", ", tensor.end, "]");
  return tensor;
}

/// Fills `tensors` and `metadata` of `file` from the JSON header. Throws FileError.
template <class Json>
void read_header(SafeTensors& file, const std::string& header, std::size_t data_size) {
  // Names given twice would overwrite each other silently, and deep nesting could fill the memory.
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, typename Json::parse_event_t event, Json& value) {
    using Event = typename Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      check(depth < 3, "the header is nested deeper than 3 levels");
      if (event == Event::object_start) keys.emplace_back();
    } else if (event == Event::object_end) {
      keys.pop_back();
    } else if (event == Event::key) {
      const auto key = value.template get<std::string>();
      check(keys.back().insert(key).second, "the header has the name ", key, " twice");
    }
    return true;
  };
  std::string where;
  try {
    const Json root = Json::parse(header, watch);
    check(root.is_object(), "expected a JSON object, received ", Excerpt{root});
    for (const auto& [name, entry] : root.items()) {
      where = name + ": ";
      if (name == "__metadata__") {
        check(entry.is_object(), "expected a JSON object, received ", Excerpt{entry});
        for (const auto& [key, value] : entry.items()) {
          check(value.is_string(), "expected a text for ", key, ", received ", Excerpt{value});
          file.metadata[key] = value.template get<std::string>();
        }
      } else {
        file.tensors[name] = read_entry(entry, data_size);
      }
    }
  } catch (const typename Json::parse_error& error) {
    throw FileError(file.path, text("the header is no JSON at offset ", 8 + error.byte, ": ", error.what()));
  } catch (const std::exception& error) {
    throw FileError(file.path, text("in the header, at offset 8: ", where, error.what()));
  }
}

/// Throws FileError unless the tensors follow each other without a gap or an overlap and fill the data.
inline void check_no_gaps(const SafeTensors& file, std::size_t data_start, std::size_t data_size) {
  std::vector<std::pair<const StoredTensor*, std::string>> order;
  for (const auto& [name, tensor] : file.tensors) order.emplace_back(&tensor, name);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first->begin, a.first->end) < std::pair(b.first->begin, b.first->end);
  });
  std::size_t end = 0;
  for (const auto& [tensor, name] : order) {
    if (tensor->begin != end) {
      throw FileError(file.path, text("tensor ", name, ": expected its data at offset ", data_start + end,
                                      ", the end of the one before, received ", data_start + tensor->begin));
    }
    end = tensor->end;
  }
  if (end != data_size) {
    throw FileError(file.path, text("expected the end of the data at offset ", data_start + end, ", received ",
                                    data_start + data_size));
  }
}

/// Reads and checks a whole file: nothing in it is believed before it was compared with the size of the file.
/// Throws FileError, with the offset. (A template only so that nlohmann-json is compiled where it is used.)
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
  if (in && length > longest) {
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
