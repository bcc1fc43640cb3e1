/// Saves a model's parameters. Cheap to compile; loading is in load_weights.hpp.
#pragma once

#include <string>

#include "latent/core/version.hpp"
#include "latent/io/safetensors_writer.hpp"

namespace latent::io {

/// The version of what `save_weights` writes, in the file's metadata.
inline constexpr const char* weights_version = "1";

/// What is said of a model in the metadata of its file: which latent wrote it, and what its summary is.
template <class Model>
[[gnu::cold]] Metadata metadata_of(Model&& model) {
  Metadata metadata{{"format", "latent"}, {"version", weights_version}, {"latent_version", latent::version}};
  if constexpr (requires { model.summary(); }) metadata["summary"] = model.summary();
  if constexpr (requires { model.training_lanes; })
    if (model.training_lanes > 0) metadata["training_lanes"] = text(model.training_lanes);
  return metadata;
}

/// Writes all parameters of `model`, under their Keras names and in the model's scalar type, to a safetensors file. A
/// model is anything with `parameters()`, which returns a std::vector<NamedTensor<Scalar>>. The file's metadata say
/// which latent wrote it and what the model's summary is. Throws FileError if writing fails.
template <class Model>
[[gnu::cold]] void save_weights(const std::string& path, Model&& model) {
  write_safetensors(path, model.parameters(), metadata_of(model));
}

}  // namespace latent::io

namespace latent {
using io::save_weights;
}
