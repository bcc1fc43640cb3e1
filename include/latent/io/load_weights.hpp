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
#include "latent/io/architecture.hpp"
#include "latent/io/safetensors_reader.hpp"
#include "latent/io/save_weights.hpp"
#include "latent/io/verify.hpp"

namespace latent::io {

/// The tensors of a file that belong to a model: by default all of them, one for each parameter.
///
///     load_weights(path, encoder, {.allow_unexpected = true});   // an encoder alone out of a whole model's file
///     load_weights(path, encoder, {.prefix = "encoder/"});       // out of a file with names like encoder/dense/kernel
struct LoadOptions {
  std::string prefix = {};        ///< only tensors whose names begin so; the rest of the name is the parameter's
  bool allow_unexpected = false;  ///< the file may have tensors that the model does not have
  bool allow_missing = false;     ///< parameters that are not in the file keep their values
  /// The file may be that of a model with other layers (or of other options), as long as its tensors fit: with a Dropout
  /// more, say. Files of save_weights do not tell.
  bool allow_other_layers = false;
  /// The file's samples must give what it says they give (io/samples.hpp), to 1e-5.
  bool verify_on_load = false;

  /// Whether the whole file has to be that of the model.
  bool whole() const { return prefix.empty() && !allow_unexpected && !allow_missing; }
};

/// The matches and differences between a file and a model.
struct Comparison {
  std::vector<std::pair<std::size_t, std::string>> common;  ///< number of a parameter and its name in the file
  std::string differences;                                  ///< a line each; empty if all is well
};

/// Matches the parameters with the tensors of the file by names and shapes.
template <class Scalar>
Comparison compare(const SafeTensors& file, const std::vector<NamedTensor<Scalar>>& parameters,
                   const LoadOptions& options) {
  Comparison result;
  std::string& lines = result.differences;
  std::set<std::string> expected;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& parameter = parameters[i];
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
    result.common.emplace_back(i, name);
  }
  for (const auto& [name, stored] : file.tensors) {
    if (!options.allow_unexpected && !is_sample(name) && name.starts_with(options.prefix) &&
        expected.count(name) == 0) {
      lines += "\n  unexpected: " + name + " " + shape_text(stored.shape);
    }
  }
  if (lines.empty() && result.common.empty() && !parameters.empty()) {
    lines = "\n  none of the model's parameters is in the file, not even " + *expected.begin();
  }
  return result;
}

/// Sets the parameters of `model` from a safetensors file, by name; F32 and F64 are converted into the model's type.
/// Unless the options say otherwise the file must have exactly the model's tensors and, if it is one of save_model, its
/// layers. Throws FileError with all differences; the model is then as it was before.
template <class Model>
void load_weights(const std::string& path, Model&& model, const LoadOptions& options = {}) {
  const SafeTensors file = read_safetensors(path);
  const auto format = file.metadata.find("format"), version = file.metadata.find("version");
  if (format != file.metadata.end() && format->second == "latent" && version != file.metadata.end() &&
      version->second != weights_version) {
    throw FileError(path,
                    text("expected version ", weights_version, " of latent's weights, received ", version->second));
  }
  if (format != file.metadata.end() && format->second == "latent training state")
    throw FileError(path, "is the state of a training, which load_training reads, and not a model's weights");
  const auto parameters = model.parameters();
  const Comparison compared = compare(file, parameters, options);
  const std::string& differences = compared.differences;
  std::string of_layers;
  if constexpr (requires { requires is_described<typename std::remove_cvref_t<Model>::network>; })
    if (options.whole() && !(options.allow_other_layers && differences.empty()))
      of_layers = other_layers(file, keras_config(model));
  if (!differences.empty() || !of_layers.empty())
    throw FileError(path, "does not fit the model:" + of_layers + differences);
  using Scalar = std::remove_reference_t<decltype(*parameters[0].data)>;
  std::vector<std::vector<Scalar>> values;
  for (const auto& [parameter, name] : compared.common) values.push_back(file.get<Scalar>(name));
  const auto assign = [&](const std::vector<NamedTensor<Scalar>>& to) {
    for (std::size_t i = 0; i < values.size(); ++i)
      std::copy(values[i].begin(), values[i].end(), to[compared.common[i].first].data);
  };
  if constexpr (requires { typename std::remove_cvref_t<Model>::network; })
    if (options.verify_on_load) {
      std::remove_cvref_t<Model> trial(model);
      assign(trial.parameters());
      verify(file, trial);
    }
  assign(parameters);  // nothing can fail any more
}

}  // namespace latent::io

namespace latent {
using io::load_weights;
using io::LoadOptions;
}  // namespace latent
