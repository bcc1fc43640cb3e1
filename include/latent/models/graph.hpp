/// From a list of layers to a graph: which values a layer reads. A network is written as a flat list, in which a layer
/// reads the value before it. A name marks a value that later layers can read:
///
///     Input<28, 28, 1>,
///     Named<"fine", Conv2D<16, 3, Same, ReLU>>, MaxPooling2D<2>,
///     Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
///     Concatenate<"fine">                          reads the value before it, and "fine"
///
///     From<"name">            the next layer reads that value
///     Named<"label", Input>   another input; the next layer reads it
///     Again<"name">           repeats the layer or the model of that name, with the same parameters
///     Outputs<"a", "b">       the outputs of the model, if they are not just all values that no layer reads
///
/// A nested model's Input stands for the value of the same name in the outer network, if there is one. Otherwise the first
/// Input of a nested model stands for the value before it, and any other becomes an Input of the outer network.
/// In Keras this is the functional API: https://keras.io/guides/functional_api/
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "latent/layers/layer.hpp"

namespace latent {

/// The first layer of a model: the shape of one sample, Input<28, 28, 1> or Input<784>.
template <Index... Dimensions>
struct Input {
  static constexpr bool is_input = true;  ///< marks it as an Input
  static constexpr const char* class_name = "InputLayer";
  static constexpr const char* default_name = "input_layer";
  using shape = Shape<Dimensions...>;  ///< the shape of one sample
};

/// An Input.
template <class Layer>
concept InputLayer = requires { Layer::is_input; };
/// A layer, or an Input.
template <class Layer>
concept AnyLayer = requires { Layer::class_name; };

/// Continues from the value of that name.
template <FixedString name>
struct From {
  static constexpr std::array<const char*, 1> from{name.characters};  ///< the name
};
/// The last item of a model: its outputs, in this order. Without it the outputs are the values that no layer reads.
template <FixedString... names>
struct Outputs {
  static constexpr std::array<const char*, sizeof...(names)> outputs{names.characters...};  ///< the names
  static_assert(sizeof...(names) >= 1, "latent: Outputs<...> names at least one value");
};
/// Repeats the layer or the model of that name on the value before it. Both share their parameters. (In Keras: a
/// layer, or a model, is called twice.) Named<"other", Again<"name">> names its value. Names inside a model
/// then mean its latest values.
///
///     Named<"a", Input<28, 28, 1>>, Named<"eye", Encoder>, Named<"b", Input<28, 28, 1>>, Again<"eye">, Subtract<"eye">
template <FixedString name>
struct Again {
  static constexpr const char* again = name.characters;  ///< the name
};

namespace engine {

/// The facts about one item of a flat list that the graph needs.
struct ItemFacts {
  enum Kind { layer, input, from, name, outputs };
  Kind kind = layer;
  const char* value_name = "";              ///< under which later layers find its value
  const char* layer_name = "";              ///< under which later layers find its parameters
  bool reads_before = true;                 ///< the value before it, first
  std::span<const char* const> reads = {};  ///< and the values of these names (of `outputs`: what the model gives)
  bool nested = false, first = false;       ///< an Input of a nested model; the first one
  bool shadows = false;                     ///< may reuse a name, which then means this one
  bool belongs_to_previous = false;         ///< the activation of the layer before
  int distance = 0;                         ///< it repeats the layer that many items before
  const char* lender = "";                  ///< the name of a layer that lends some of its parameters
};

/// The graph of a list of `items` items with `reads` reads. Values are numbered: first the Inputs, then the results of the layers.
template <std::size_t items, std::size_t reads>
struct Graph {
  enum Problem { none, unknown_name, name_used_twice, nobody_reads, one_reads_the_other };

  int inputs = 0, layers = 0, outputs = 0;
  std::array<int, items> source{};     ///< the item for whose value this one stands; -1: it has its own
  std::array<int, items> value{};      ///< of each item
  std::array<int, items + 1> layer{};  ///< the number of each item's layer; of others, of the next layer
  std::array<int, items> input_item{}, layer_item{}, output_item{};
  std::array<int, items> lender{};          ///< of each layer: the layer whose parameters it uses; itself
  std::array<int, items + 1> first_read{};  ///< of each layer, in `read`
  std::array<int, reads> read{};            ///< the items through which layers read their values
  Problem problem = none;
  int problem_item = 0;
  const char* problem_name = "";

  constexpr void complain(Problem what, std::size_t item, const char* name) {
    if (problem == none) problem = what, problem_item = static_cast<int>(item), problem_name = name;
  }
};

/// FNV-1a of a name.
constexpr std::uint64_t hash_of(const char* name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (; *name != 0; ++name) hash = (hash ^ static_cast<unsigned char>(*name)) * 0x100000001b3;
  return hash;
}

template <std::size_t items>
constexpr std::size_t count_reads(const std::array<ItemFacts, items>& facts) {
  std::size_t count = 0;
  for (const ItemFacts& item : facts) count += item.reads.size() + 1;
  return count;
}

/// Works out who reads what.
template <std::size_t reads, std::size_t items>
constexpr Graph<items, reads> graph_of(const std::array<ItemFacts, items>& facts) {
  Graph<items, reads> graph;
  // Letter by letter, names would take more steps in a network of 150 layers than Clang allows.
  std::array<std::uint64_t, items> value_hashes{}, layer_hashes{};
  for (std::size_t k = 0; k < items; ++k)
    value_hashes[k] = hash_of(facts[k].value_name), layer_hashes[k] = hash_of(facts[k].layer_name);
  /// The last item before `end` that has that name, as a value or as a layer; -1 if none has.
  const auto find = [&](std::size_t end, const char* name, const char* ItemFacts::* kind) {
    if (*name == 0) return -1;
    const auto& hashes = kind == &ItemFacts::value_name ? value_hashes : layer_hashes;
    const std::uint64_t hash = hash_of(name);
    for (std::size_t k = end; k-- > 0;)
      if (hashes[k] == hash && std::string_view(facts[k].*kind) == name) return static_cast<int>(k);
    return -1;
  };
  const auto find_or_complain = [&](std::size_t item, const char* name, const char* ItemFacts::* kind) {
    const int found = find(item, name, kind);
    if (found < 0) graph.complain(graph.unknown_name, item, name);
    return std::max(found, 0);
  };

  int before = -1;  // the item whose value the next layer reads
  std::size_t next = 0;
  bool named_outputs = false;
  for (std::size_t k = 0; k < items; ++k) {
    const ItemFacts& item = facts[k];
    const int here = static_cast<int>(k);
    graph.source[k] = -1;
    graph.layer[k] = graph.layers;
    const int same_name = find(k, item.value_name, &ItemFacts::value_name);
    if (same_name >= 0 && !item.nested && !item.shadows) graph.complain(graph.name_used_twice, k, item.value_name);
    if (item.kind == ItemFacts::input) {
      graph.source[k] = item.shadows ? before : same_name >= 0 ? same_name : item.first ? before : -1;
      if (graph.source[k] < 0) graph.input_item[static_cast<std::size_t>(graph.inputs++)] = here;
      before = here;
    } else if (item.kind == ItemFacts::from) {
      before = find_or_complain(k, item.reads[0], &ItemFacts::value_name);
    } else if (item.kind == ItemFacts::name) {
      graph.source[k] = before, before = here;
    } else if (item.kind == ItemFacts::outputs) {
      named_outputs = true;
      for (const char* name : item.reads)
        graph.output_item[static_cast<std::size_t>(graph.outputs++)] =
            find_or_complain(k, name, &ItemFacts::value_name);
    } else {
      const auto layer = static_cast<std::size_t>(graph.layers++);
      graph.layer_item[layer] = here;
      graph.first_read[layer] = static_cast<int>(next);
      if (item.reads_before) graph.read[next++] = before;
      for (const char* name : item.reads) graph.read[next++] = find_or_complain(k, name, &ItemFacts::value_name);
      graph.first_read[layer + 1] = static_cast<int>(next);
      graph.lender[layer] = static_cast<int>(layer);  // its own, also after the next line at distance 0
      graph.lender[layer] =
          graph.lender[static_cast<std::size_t>(graph.layer[k - static_cast<std::size_t>(item.distance)])];
      if (std::string_view(item.lender) != "")
        graph.lender[layer] =
            graph.layer[static_cast<std::size_t>(find_or_complain(k, item.lender, &ItemFacts::layer_name))];
      before = here;
    }
  }
  graph.layer[items] = graph.layers;

  // Values: first the Inputs, then the layers'. The others stand for one of these.
  for (int i = 0; i < graph.inputs; ++i)
    graph.value[static_cast<std::size_t>(graph.input_item[static_cast<std::size_t>(i)])] = i;
  std::array<int, items> readers{};
  for (std::size_t k = 0; k < items; ++k) {
    if (facts[k].kind == ItemFacts::layer) graph.value[k] = graph.inputs + graph.layer[k];
    if (graph.source[k] >= 0) graph.value[k] = graph.value[static_cast<std::size_t>(graph.source[k])];
  }
  const auto value_of = [&](int item) { return graph.value[static_cast<std::size_t>(item)]; };
  for (std::size_t r = 0; r < next && graph.problem == graph.none; ++r)
    ++readers[static_cast<std::size_t>(value_of(graph.read[r]))];

  // Sampling reads z_mean and z_log_var. Without a From<...> before the second, it would be made of the first.
  for (std::size_t i = 0; i < static_cast<std::size_t>(graph.layers) && graph.problem == graph.none; ++i) {
    const auto first = static_cast<std::size_t>(graph.first_read[i]);
    const ItemFacts& item = facts[static_cast<std::size_t>(graph.layer_item[i])];
    if (item.reads_before || item.reads.size() != 2) continue;
    const int second = value_of(graph.read[first + 1]) - graph.inputs;
    if (second < 0 || value_of(graph.read[first]) < graph.inputs) continue;
    const auto giver = static_cast<std::size_t>(second), its_first = static_cast<std::size_t>(graph.first_read[giver]);
    if (graph.first_read[giver + 1] - graph.first_read[giver] == 1 &&
        value_of(graph.read[its_first]) == value_of(graph.read[first]))
      graph.complain(graph.one_reads_the_other, static_cast<std::size_t>(graph.layer_item[giver]), item.reads[0]);
  }

  // The outputs: all values that nobody reads. One without a name that is not the last is an error.
  for (int o = 0; o < graph.outputs; ++o)  // so far those that are named
    ++readers[static_cast<std::size_t>(value_of(graph.output_item[static_cast<std::size_t>(o)]))];
  for (int v = 0; v < graph.inputs + graph.layers && graph.problem == graph.none; ++v) {
    if (readers[static_cast<std::size_t>(v)] > 0) continue;
    const auto item =
        static_cast<std::size_t>(v < graph.inputs ? graph.input_item[static_cast<std::size_t>(v)]
                                                  : graph.layer_item[static_cast<std::size_t>(v - graph.inputs)]);
    bool named = std::string_view(facts[item].value_name) != "";
    for (std::size_t k = item; k < items; ++k)
      named = named || (value_of(static_cast<int>(k)) == v && std::string_view(facts[k].value_name) != "");
    const bool last = v + 1 == graph.inputs + graph.layers;
    if (named_outputs || facts[item].kind == ItemFacts::input || !(named || last))
      graph.complain(graph.nobody_reads, item, facts[item].value_name);
    else
      graph.output_item[static_cast<std::size_t>(graph.outputs++)] = static_cast<int>(item);
  }
  return graph;
}

}  // namespace engine

}  // namespace latent
