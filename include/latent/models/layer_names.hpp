/// The names of a model's layers, as Keras would give them.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "latent/core/check.hpp"

namespace latent {

/// The facts about an item's name that are known at compile time.
struct LayerLabel {
  const char* class_name = "";       ///< "Conv2D"; empty if it is no layer
  const char* default_name = "";     ///< "conv2d"
  const char* given_name = "";       ///< the user's name, or empty
  bool belongs_to_previous = false;  ///< the activation of the layer before, which has that layer's name
  bool nested_input = false;         ///< may share the name of the value that it stands for
  int distance = 0;                  ///< it repeats the layer that many items before, and has its name
};

/// What a summary calls a layer.
struct LayerName {
  const char* class_name = "";       ///< "Conv2D"
  std::string name = {};             ///< "conv2d_1", or what the user gave
  bool belongs_to_previous = false;  ///< the activation of the layer before, which has that layer's name
};

/// The name of a layer: the user's or an automatic one. `automatic` counts the automatic names so far; `taken` has all names.
LATENT_COLD inline std::string next_name(const LayerLabel& label, std::vector<std::string>& automatic,
                                         std::vector<std::string>& taken) {
  std::string name = label.given_name;
  if (name.empty()) {
    name = label.default_name;
    const auto number = std::count(automatic.begin(), automatic.end(), name);
    automatic.push_back(name);
    if (number > 0) name.append("_").append(std::to_string(number));
  }
  check(label.nested_input || std::find(taken.begin(), taken.end(), name) == taken.end(), "the name \"", name,
        "\" is given to two layers of a model; names are unique");
  taken.push_back(name);
  return name;
}

/// Gives every layer without a name its automatic one: conv2d, conv2d_1, conv2d_2, ... A layer with a name of the
/// user's does not count. Throws std::invalid_argument if two layers end up with one name.
LATENT_COLD inline std::vector<LayerName> unique_names(std::span<const LayerLabel> labels) {
  std::vector<std::string> automatic, taken;
  std::vector<LayerName> names(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const LayerLabel& label = labels[i];
    LayerName& layer = names[i];
    layer.class_name = label.class_name;
    layer.belongs_to_previous = label.belongs_to_previous;
    if (label.distance > 0)
      layer.name = names[i - static_cast<std::size_t>(label.distance)].name;
    else if (label.belongs_to_previous)
      layer.name = names[i - 1].name;
    else if (*label.class_name)
      layer.name = next_name(label, automatic, taken);
  }
  return names;
}

}  // namespace latent
