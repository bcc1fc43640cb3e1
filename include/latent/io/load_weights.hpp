/// Loads a model's parameters. Needs nlohmann-json.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "latent/core/parameters.hpp"
#include "latent/io/safetensors_reader.hpp"
#include "latent/io/save_weights.hpp"

namespace latent::io {

/// Every difference between the tensors in `file` and `parameters`, a line each; empty if they fit.
template <class Scalar>
std::string differences(const SafeTensors& file, const std::vector<NamedTensor<Scalar>>& parameters) {
  std::string lines;
  std::set<std::string> expected;
  for (const auto& parameter : parameters) {
    expected.insert(parameter.name);
    if (!file.contains(parameter.name)) {
      lines += "\n  missing: " + parameter.name + " " + shape_text(parameter.shape);
      continue;
    }
    const StoredTensor& stored = file.at(parameter.name);
    if (stored.shape != parameter.shape) {
      lines += "\n  other shape: " + parameter.name + ": expected " + shape_text(parameter.shape) + ", received " +
               shape_text(stored.shape);
    }
    if (stored.dtype != "F32" && stored.dtype != "F64") {
      lines += "\n  other type: " + parameter.name + ": expected F32 or F64, received " + stored.dtype;
    }
  }
  for (const auto& [name, stored] : file.tensors) {
    if (expected.count(name) == 0) lines += "\n  unexpected: " + name + " " + shape_text(stored.shape);
  }
  return lines;
}

/// Sets all parameters of `model` from a safetensors file, by name; F32 and F64 are converted into each other. The file
/// must have exactly the model's tensors. Throws FileError with all differences; the model is then as it was before.
template <class Model>
void load_weights(const std::string& path, Model&& model) {
  const SafeTensors file = read_safetensors(path);
  const auto format = file.metadata.find("format"), version = file.metadata.find("version");
  if (format != file.metadata.end() && format->second == "latent" && version != file.metadata.end() &&
      version->second != weights_version) {
    throw FileError(path,
                    text("expected version ", weights_version, " of latent's weights, received ", version->second));
  }
  const auto parameters = model.parameters();
  const std::string lines = differences(file, parameters);
  if (!lines.empty()) throw FileError(path, "does not fit the model:" + lines);
  using Scalar = std::remove_reference_t<decltype(*parameters[0].data)>;
  std::vector<std::vector<Scalar>> values;
  for (const auto& parameter : parameters) values.push_back(file.get<Scalar>(parameter.name));
  // Nothing can fail any more.
  for (std::size_t i = 0; i < values.size(); ++i) std::copy(values[i].begin(), values[i].end(), parameters[i].data);
}

}  // namespace latent::io

namespace latent {
using io::load_weights;
}
