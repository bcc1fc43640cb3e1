/// The names of a model's layers, as Keras would give them.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "latent/core/check.hpp"

namespace latent {

/// What is known of a layer's name when the program is compiled.
struct LayerLabel {
  const char* class_name = "";    ///< "Conv2D"
  const char* default_name = "";  ///< "conv2d"
  const char* given_name = "";    ///< what the user gave, or empty
  bool is_input = false;
  bool belongs_to_previous = false;      ///< the activation of the layer before, which has that layer's name
  const LayerLabel* branches = nullptr;  ///< of a Fork, so many
  std::size_t branch_count = 0;
};

struct LayerName {
  const char* class_name = "";  ///< "Conv2D"
  std::string name = {};        ///< "conv2d_1", or what the user gave; a Fork's is that of all its branches
  bool is_input = false, belongs_to_previous = false;
  std::vector<LayerName> branches = {};
};

/// Gives every layer without a name its automatic one: conv2d, conv2d_1, conv2d_2, ... A layer with a name of the
/// user's does not count. Throws std::invalid_argument if two layers end up with one name.
[[gnu::cold]] inline std::vector<LayerName> unique_names(std::span<const LayerLabel> labels) {
  std::vector<std::string> automatic, taken;
  const auto named = [&](const LayerLabel& label) {
    std::string name = label.given_name;
    if (name.empty()) {
      name = label.default_name;
      const auto number = std::count(automatic.begin(), automatic.end(), name);
      automatic.push_back(name);
      if (number > 0) name.append("_").append(std::to_string(number));
    }
    check(std::find(taken.begin(), taken.end(), name) == taken.end(), "the name \"", name,
          "\" is given to two layers of a model; names are unique");
    taken.push_back(name);
    return name;
  };
  std::vector<LayerName> names(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const LayerLabel& label = labels[i];
    LayerName& layer = names[i];
    layer.class_name = label.class_name, layer.is_input = label.is_input;
    layer.belongs_to_previous = label.belongs_to_previous;
    layer.branches.resize(label.branch_count);
    for (std::size_t b = 0; b < label.branch_count; ++b) {
      layer.branches[b].class_name = label.branches[b].class_name;
      layer.branches[b].name = named(label.branches[b]);
      layer.name.append(b == 0 ? "" : ", ").append(layer.branches[b].name);
    }
    if (layer.branches.empty()) layer.name = label.belongs_to_previous ? names[i - 1].name : named(label);
  }
  return names;
}

/// Without the Inputs of nested models: one name for the Input and one for each layer of the network.
[[gnu::cold]] inline std::vector<LayerName> without_nested_inputs(std::span<const LayerName> names) {
  std::vector<LayerName> kept(names.begin(), names.end());
  std::size_t count = 1;
  for (std::size_t i = 1; i < kept.size(); ++i)
    if (!kept[i].is_input) std::swap(kept[count++], kept[i]);
  kept.resize(count);
  return kept;
}

}  // namespace latent
