/// Saves a model's parameters. Cheap to compile; loading is in load_weights.hpp.
#pragma once

#include <string>

#include "latent/io/safetensors_writer.hpp"

namespace latent::io {

/// The version of what `save_weights` writes, in the file's metadata.
inline constexpr const char* weights_version = "1";

/// Writes all parameters of `model`, under their Keras names, to a safetensors file. A model is anything with
/// `parameters()`, which returns a std::vector<NamedTensor<Scalar>>. Throws FileError if writing fails.
template <class Model>
[[gnu::cold]] void save_weights(const std::string& path, Model&& model) {
  write_safetensors(path, model.parameters(), {{"format", "latent"}, {"version", weights_version}});
}

}  // namespace latent::io

namespace latent {
using io::save_weights;
}
