/// Saves a model whole: its parameters, and beside them what it is made of.
#pragma once

namespace latent {
struct latent_io_save_model_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/io/keras_config.hpp"
#include "latent/io/samples.hpp"
#include "latent/io/save_weights.hpp"

namespace latent::io {

/// The model's layers as Keras describes them, in a file's metadata.
template <class Model>
Metadata metadata_with_config(const Model& model) {
  Metadata metadata = metadata_of(model);
  metadata["keras_config"] = keras_config(model);
  return metadata;
}

/// What save_weights writes, and the model's architecture as Keras's JSON in the metadata `keras_config`. `load_weights`
/// compares that with the model it loads into; scripts/latent_model.py makes a Keras or PyTorch model or an ONNX file of
/// it. Throws FileError if writing fails.
template <class Model>
[[gnu::cold]] void save_model(const std::string& path, const Model& model) {
  write_safetensors(path, model.parameters(), metadata_with_config(model));
}

/// The same, with the samples x and what the model makes of them: for `load_weights(path, model, {.verify_on_load = true})`,
/// and for the comparisons of scripts/latent_model.py.
template <class Model>
[[gnu::cold]] void save_model(const std::string& path, const Model& model, const typename Model::InputTensor& x) {
  const auto y = model.predict(x);
  auto tensors = model.parameters();
  append_samples(tensors, input_samples, x);
  append_samples(tensors, output_samples, y);
  write_safetensors(path, tensors, metadata_with_config(model));
}

}  // namespace latent::io

namespace latent {
using io::save_model;
}
