/// Loads a model's parameters. Needs nlohmann-json.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "latent/core/parameters.hpp"
#include "latent/io/safetensors_reader.hpp"
#include "latent/io/save_weights.hpp"

namespace latent::io {

/// Which tensors of a file belong to a model. By default all of them, and each parameter has one.
///
///     load_weights(path, encoder, {.allow_unexpected = true});   // an encoder alone out of a whole model's file
///     load_weights(path, encoder, {.prefix = "encoder/"});       // out of a file with names like encoder/dense/kernel
struct LoadOptions {
  std::string prefix = {};        ///< only tensors whose names begin so; the rest of the name is the parameter's
  bool allow_unexpected = false;  ///< the file may have tensors that the model does not have
  bool allow_missing = false;     ///< parameters that are not in the file keep their values
};

/// What a file and a model have in common, and in what they differ.
template <class Scalar>
struct Comparison {
  std::vector<std::pair<NamedTensor<Scalar>, std::string>> common;  ///< a parameter and its name in the file
  std::string differences;                                          ///< a line each; empty if all is well
};

template <class Scalar>
Comparison<Scalar> compare(const SafeTensors& file, const std::vector<NamedTensor<Scalar>>& parameters,
                           const LoadOptions& options) {
  Comparison<Scalar> result;
  std::string& lines = result.differences;
  std::set<std::string> expected;
  for (const auto& parameter : parameters) {
    const std::string name = options.prefix + parameter.name;
    expected.insert(name);
    if (!file.contains(name)) {
      if (!options.allow_missing) lines += "\n  missing: " + name + " " + shape_text(parameter.shape);
      continue;
    }
    const StoredTensor& stored = file.at(name);
    if (stored.shape != parameter.shape) {
      lines += "\n  other shape: " + name + ": expected " + shape_text(parameter.shape) + ", received " +
               shape_text(stored.shape);
    }
    if (stored.dtype != "F32" && stored.dtype != "F64") {
      lines += "\n  other type: " + name + ": expected F32 or F64, received " + stored.dtype;
    }
    result.common.emplace_back(parameter, name);
  }
  for (const auto& [name, stored] : file.tensors) {
    if (!options.allow_unexpected && name.starts_with(options.prefix) && expected.count(name) == 0) {
      lines += "\n  unexpected: " + name + " " + shape_text(stored.shape);
    }
  }
  if (lines.empty() && result.common.empty() && !parameters.empty()) {
    lines = "\n  none of the model's parameters is in the file, not even " + *expected.begin();
  }
  return result;
}

/// Sets the parameters of `model` from a safetensors file, by name; F32 and F64 are converted into the model's type.
/// Unless the options say otherwise the file must have exactly the model's tensors. Throws FileError with all
/// differences; the model is then as it was before.
template <class Model>
void load_weights(const std::string& path, Model&& model, const LoadOptions& options = {}) {
  const SafeTensors file = read_safetensors(path);
  const auto format = file.metadata.find("format"), version = file.metadata.find("version");
  if (format != file.metadata.end() && format->second == "latent" && version != file.metadata.end() &&
      version->second != weights_version) {
    throw FileError(path,
                    text("expected version ", weights_version, " of latent's weights, received ", version->second));
  }
  const auto [common, differences] = compare(file, model.parameters(), options);
  if (!differences.empty()) throw FileError(path, "does not fit the model:" + differences);
  using Scalar = std::remove_reference_t<decltype(*common[0].first.data)>;
  std::vector<std::vector<Scalar>> values;
  for (const auto& [parameter, name] : common) values.push_back(file.get<Scalar>(name));
  // Nothing can fail any more.
  for (std::size_t i = 0; i < values.size(); ++i) std::copy(values[i].begin(), values[i].end(), common[i].first.data);
}

}  // namespace latent::io

namespace latent {
using io::load_weights;
using io::LoadOptions;
}  // namespace latent
