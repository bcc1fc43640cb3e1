/// The names of a model's layers, as Keras would give them.
#pragma once

#include <map>
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
  const char* class_name;  ///< "Conv2D"
  std::string name;        ///< "conv2d_1", or what the user gave; a Fork's is that of all its branches
  bool is_input = false, belongs_to_previous = false;
  std::vector<LayerName> branches = {};
};

/// Gives every layer without a name its automatic one: conv2d, conv2d_1, conv2d_2, ... A layer with a name of the
/// user's does not count. Throws std::invalid_argument if two layers end up with one name.
[[gnu::cold]] inline std::vector<LayerName> unique_names(std::span<const LayerLabel> labels) {
  std::map<std::string, int> used, seen;
  const auto named = [&](const LayerLabel& label) {
    std::string name = label.given_name;
    if (name.empty()) {
      const int number = used[label.default_name]++;
      name = label.default_name;
      if (number > 0) name.append("_").append(std::to_string(number));
    }
    check(++seen[name] == 1, "the name \"", name, "\" is given to two layers of a model; names are unique");
    return name;
  };
  std::vector<LayerName> names;
  for (const LayerLabel& label : labels) {
    LayerName layer{label.class_name, "", label.is_input, label.belongs_to_previous};
    for (const LayerLabel& branch : std::span(label.branches, label.branch_count)) {
      layer.branches.push_back({branch.class_name, named(branch)});
      layer.name.append(layer.name.empty() ? "" : ", ").append(layer.branches.back().name);
    }
    if (layer.branches.empty()) layer.name = label.belongs_to_previous ? names.back().name : named(label);
    names.push_back(std::move(layer));
  }
  return names;
}

/// Without the Inputs of nested models: one name for the Input and one for each layer of the network.
[[gnu::cold]] inline std::vector<LayerName> without_nested_inputs(std::span<const LayerName> names) {
  std::vector<LayerName> kept;
  for (const LayerName& name : names)
    if (kept.empty() || !name.is_input) kept.push_back(name);
  return kept;
}

}  // namespace latent
