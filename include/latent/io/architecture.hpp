/// The differences between the layers of a model and those of a file that save_model wrote.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "latent/io/keras_config.hpp"
#include "latent/io/safetensors_reader.hpp"

namespace latent::io {

/// One layer of a Keras configuration.
template <class Json>
struct LayerEntry {
  std::string name, class_name;  ///< The layer's own name, and Keras's name of its class.
  Json options;                  ///< those that affect its result, what it reads, its places among inputs and outputs
};

/// The layers of a configuration, in its order. Throws Json's exceptions if it is none.
template <class Json>
std::vector<LayerEntry<Json>> layers_of(const Json& config) {
  std::vector<LayerEntry<Json>> layers;
  for (const Json& entry : config.at("config").at("layers")) {
    LayerEntry<Json> layer{entry.at("config").at("name"), entry.at("class_name"), entry.at("config")};
    for (const char* key : {"name", "dtype", "trainable"})
      layer.options.erase(key);  // none of these makes another model
    for (auto option = layer.options.begin(); option != layer.options.end();) {
      const bool of_training = option.key().ends_with("_initializer") || option.key().ends_with("_regularizer");
      option = of_training ? layer.options.erase(option) : std::next(option);
    }
    Json reads = Json::array();
    if (entry.contains("inbound_nodes"))
      for (const Json& node : entry.at("inbound_nodes")) {
        const Json &arguments = node.at("args"), &first = arguments.at(0);
        Json of_call = Json::array();
        for (const Json& tensor : first.is_array() ? first : arguments)
          of_call.push_back(tensor.at("config").at("keras_history"));
        reads.push_back(of_call);
      }
    layer.options["reads"] = reads;
    for (const auto& [key, of_model] : {std::pair{"inputs", "input_layers"}, std::pair{"outputs", "output_layers"}}) {
      const Json named = config.at("config").value(of_model, Json::array());
      for (std::size_t place = 0; named.is_array() && place < named.size(); ++place)
        if (named.at(place).is_array() && named.at(place).at(0) == layer.name)
          layer.options[key].push_back(Json{place, named.at(place).at(1)});
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// A line for each difference: of layers of one name in their class and their options, and of those without a partner. If there is
/// none, the first place where two chains have another order.
template <class Json>
std::string compare_layers(const std::vector<LayerEntry<Json>>& expected,
                           const std::vector<LayerEntry<Json>>& received) {
  std::string lines;
  const auto find = [](const auto& layers, const std::string& name) {
    return std::find_if(layers.begin(), layers.end(), [&](const auto& layer) { return layer.name == name; });
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& layer = expected[i];
    const std::string where = "\n  layer " + std::to_string(i) + ", " + layer.name + " (" + layer.class_name + "): ";
    const auto other = find(received, layer.name);
    if (other == received.end()) {
      lines += where + "missing";
    } else if (other->class_name != layer.class_name) {
      lines += where + "received a " + excerpt(other->class_name);
    } else {
      for (const auto& [key, value] : layer.options.items()) {
        const Json there = other->options.value(key, Json());
        if (there != value)
          lines += where + key + ": expected " + excerpt_of(value) + ", received " + excerpt_of(there);
      }
      for (const auto& [key, value] : other->options.items())
        if (!layer.options.contains(key)) lines += where + excerpt(key) + ": unexpected, " + excerpt_of(value);
    }
  }
  for (const auto& layer : received)
    if (find(expected, layer.name) == expected.end())
      lines += "\n  unexpected layer: " + excerpt(layer.name) + " (" + excerpt(layer.class_name) + ")";
  const auto in_a_chain = [](const auto& layer) { return layer.options.value("reads", Json()).empty(); };
  for (std::size_t i = 0; i < std::min(expected.size(), received.size()) && lines.empty(); ++i)
    if (expected[i].name != received[i].name && in_a_chain(expected[i]) && in_a_chain(received[i]))
      lines += "\n  layer " + std::to_string(i) + ": expected " + expected[i].name + " (" + expected[i].class_name +
               "), received " + excerpt(received[i].name) + " (" + excerpt(received[i].class_name) + "): another order";
  return lines;
}

/// The configuration in a file. Throws Json's exceptions, and std::invalid_argument for one that is nested so deeply that a copy of it
/// would fill the stack.
template <class Json>
Json parse_config(const std::string& text) {
  return Json::parse(text, [](int depth, typename Json::parse_event_t, Json&) {
    check(depth <= 64, "it is nested deeper than 64 levels");
    return true;
  });
}

/// The differences between the layers of the file and those of a model; empty if there are none, or if the file does not
/// say what its layers are. Throws FileError if what it says is no configuration.
template <class Json = nlohmann::json>
std::string other_layers(const SafeTensors& file, const std::string& config) {
  const auto found = file.metadata.find("keras_config");
  if (found == file.metadata.end()) return "";
  std::vector<LayerEntry<Json>> received;
  try {
    received = layers_of(parse_config<Json>(found->second));
  } catch (const std::exception& error) {  // Json's, or of too many levels
    throw FileError(file.path, "keras_config in its metadata is no model: " + excerpt(error.what()));
  }
  return compare_layers(layers_of(Json::parse(config)), received);
}

}  // namespace latent::io
