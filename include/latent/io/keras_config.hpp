/// A model's architecture as Keras writes it: `keras.models.model_from_json(text)` makes the same layers, under the same
/// names, with the same connections; without weights. A chain is a Sequential, anything else a Functional.
/// https://keras.io/api/models/model_saving_apis/model_config_serialization/
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "latent/io/keras_layers.hpp"

namespace latent::io {

/// A layer of the list, without its name and what the list has made of it.
template <class Item>
struct PlainLayer {
  /// Looks through the plain layers.
  static constexpr auto find() {
    if constexpr (requires { typename Item::written; })
      return PlainLayer<typename Item::written>::find();
    else if constexpr (requires { typename Item::unnamed; })
      return PlainLayer<typename Item::unnamed>::find();
    else
      return Of<Item>{};
  }
  using type = typename decltype(find())::type;  ///< the layer of that type
};

/// Whether the layers of a model can be written: all of Keras's, and your own that have a `describe`.
template <class Network>
constexpr bool is_described = []<int... i>(std::integer_sequence<int, i...>) {
  return (Described<typename PlainLayer<typename Network::template Item<Network::graph.layer_item[i]>>::type> && ...);
}(std::make_integer_sequence<int, Network::depth>{});

/// Stops the compilation with a sentence.
template <class Layer>
struct LayerIsNotDescribed {
  static constexpr bool reported = true;
  static_assert(std::is_void_v<Layer>,
                "latent: a layer of your own needs a function that says its options to be saved by save_model, "
                "void describe(latent::io::KerasOptions&, latent::io::Of<YourLayer>); LayerIsNotDescribed<...> in this "
                "message names the layer, latent/io/keras_layers.hpp has those of the others");
};

/// Writes the layers of a network: a layer that is called several times is there once, and what is for latent a layer's
/// activation in a layer of its own belongs to it.
class KerasConfig {
 public:
  /// `names` begins with those of the Inputs; `options` has those of the layers.
  [[gnu::cold]] KerasConfig(const engine::NetworkFacts& network, engine::Frozen frozen,
                            const std::vector<LayerName>& names, const std::vector<KerasOptions>& options,
                            const std::string& dtype)
      : network_(network), frozen_(frozen), names_(names), options_(options), dtype_(dtype) {
    std::vector<Index> calls(names.size());
    for (std::size_t v = 0; v < names.size(); ++v) {
      const engine::LayerFacts* const facts = v < inputs() ? nullptr : &network.layers[v - inputs()];
      std::size_t layer = v;
      if (names[v].belongs_to_previous)
        layer = layer_of_[v - 1], call_of_.push_back(call_of_[v - 1]);
      else if (facts && facts->repeats)
        layer = layer_of_[inputs() + static_cast<std::size_t>(facts->lender)];
      layer_of_.push_back(layer);
      if (call_of_.size() <= v) call_of_.push_back(calls[layer]++);
    }
  }

  /// Keras's configuration of a Sequential of that name, in JSON.
  [[gnu::cold]] std::string sequential(const std::string& name) const {
    std::string layers;
    for (std::size_t v = 0; v < names_.size(); ++v)
      if (is_first_call(v)) layers += (v > 0 ? "," : "") + layer(v) + "}";
    return keras_object("keras", "Sequential",
                        "{\"name\":" + json_text(name) + ",\"trainable\":true,\"layers\":[" + layers +
                            "],\"build_input_shape\":" + shape_of(0) + "}");
  }

  /// Keras's configuration of a functional model of that name, in JSON.
  [[gnu::cold]] std::string functional(const std::string& name) const {
    std::string layers;
    for (std::size_t v = 0; v < names_.size(); ++v) {
      if (!is_first_call(v)) continue;
      std::string nodes;
      for (std::size_t call = v; call < names_.size(); ++call)
        if (layer_of_[call] == v && !names_[call].belongs_to_previous && call >= inputs())
          nodes += (nodes.empty() ? "" : ",") + node(call);
      layers += (layers.empty() ? "" : ",") + layer(v) + ",\"name\":" + json_text(names_[v].name) +
                ",\"inbound_nodes\":[" + nodes + "]}";
    }
    std::string given, outputs;
    for (std::size_t i = 0; i < inputs(); ++i) given += (given.empty() ? "" : ",") + history(i);
    for (const int o : network_.outputs) outputs += (outputs.empty() ? "" : ",") + history(static_cast<std::size_t>(o));
    return keras_object("keras.src.models.functional", "Functional",
                        "{\"name\":" + json_text(name) + ",\"trainable\":true,\"layers\":[" + layers +
                            "],\"input_layers\":[" + given + "],\"output_layers\":[" + outputs + "]}");
  }

 private:
  std::size_t inputs() const { return network_.input_shapes.size(); }
  bool is_first_call(std::size_t v) const { return layer_of_[v] == v; }

  /// [null,28,28,1]
  [[gnu::cold]] std::string shape_of(std::size_t v) const {
    std::string shape = "[null";
    for (const Index n : v < inputs() ? network_.input_shapes[v] : network_.layers[v - inputs()].output_shape)
      shape += "," + json_number(n);
    return shape + "]";
  }

  /// Without the brace at its end.
  [[gnu::cold]] std::string layer(std::size_t v) const {
    const bool is_input = v < inputs();
    std::string config = "{\"name\":" + json_text(names_[v].name) + ",\"dtype\":" + json_text(dtype_);
    bool custom = false;
    if (is_input) {
      config += ",\"batch_shape\":" + shape_of(v) + ",\"sparse\":false,\"ragged\":false";
    } else {
      const KerasOptions& options = options_[v - inputs()];
      const bool learns = !network_.layers[v - inputs()].parameters.empty();  // some others take no such option
      if (learns && !engine::trains(frozen_, v - inputs())) config += ",\"trainable\":false";
      config += options.text(), custom = options.is_custom();
    }
    std::string made = keras_object(custom ? "latent" : "keras.layers", names_[v].class_name, config + "}",
                                    custom ? std::string("latent>") + names_[v].class_name : "");
    made.pop_back();
    return made;
  }

  /// "name",0,0: which call of which layer gives value v.
  [[gnu::cold]] std::string history(std::size_t v) const {
    return "[" + json_text(names_[layer_of_[v]].name) + "," + json_number(call_of_[v]) + ",0]";
  }
  /// What the layer reads that gives value v.
  [[gnu::cold]] std::string node(std::size_t v) const {
    std::string read;
    const auto reads = network_.layers[v - inputs()].reads;
    for (const int from : reads) {
      const auto of = static_cast<std::size_t>(from);
      read += std::string(read.empty() ? "" : ",") +
              "{\"class_name\":\"__keras_tensor__\",\"config\":{\"shape\":" + shape_of(of) +
              ",\"dtype\":" + json_text(dtype_) + ",\"keras_history\":" + history(of) + "}}";
    }
    return "{\"args\":[" + (reads.size() > 1 ? "[" + read + "]" : read) + "],\"kwargs\":{}}";
  }

  engine::NetworkFacts network_;
  engine::Frozen frozen_;
  const std::vector<LayerName>& names_;
  const std::vector<KerasOptions>& options_;
  std::string dtype_;
  std::vector<std::size_t> layer_of_;  // of each value: the first value that its layer gives
  std::vector<Index> call_of_;         // and by which call
};

/// The architecture of a model as JSON, as `model.to_json()` gives it in Keras.
template <class Model>
[[gnu::cold]] std::string keras_config(const Model& model) {
  using network = typename std::remove_cvref_t<Model>::network;
  std::vector<KerasOptions> options(static_cast<std::size_t>(network::depth));
  const std::vector<LayerName> names = model.layer_names();
  network::for_layers([&]<int i>() {
    using Item = typename network::template Item<network::graph.layer_item[i]>;
    using Layer = typename PlainLayer<Item>::type;
    if constexpr (!Described<Layer>)
      (void)LayerIsNotDescribed<Layer>::reported;
    else if constexpr (!requires { Item::belongs_to_previous; })
      describe(options[i], Of<Layer>{});
  });
  const KerasConfig config({network::input_shapes, network::layers, network::output_list}, model.frozen(), names,
                           options, sizeof(typename network::Scalar) == sizeof(float) ? "float32" : "float64");
  return network::is_chain ? config.sequential(model.name()) : config.functional(model.name());
}

}  // namespace latent::io

namespace latent {
using io::keras_config;
}
