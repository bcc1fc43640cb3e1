/// A network as numbers, and the tables that are made of them: where parameters, values and gradients lie, who assigns a gradient
/// and who adds to it, of which parts the loss consists. No layer's type is in here, so that a table is compiled once for all
/// networks of its size. models/network.hpp binds the types, and makes the plan (models/plan.hpp).
#pragma once

#include "latent/models/graph.hpp"
#include "latent/models/plan.hpp"

namespace latent::engine {

/// The numbers of a bound layer.
struct LayerNumbers {
  std::span<const ParameterSpec> parameters;
  std::span<const Index> output_shape;
  Index prepared, statistics, scratch, scratch_per_sample;
  Border input_border, gradient_border;
  OwnLoss own_loss;
  Penalty activity_penalty;
  const char* activation;
};

/// The outputs that are wanted as logits: bit o for output o. An output that other layers read is not available as logits.
using Logits = unsigned long long;

/// What the graph and the bound layers say. Values are numbered: first those of the Inputs, then what each layer gives.
struct NetworkNumbers {
  std::span<const std::span<const Index>> input_shapes;
  std::span<const LayerNumbers> layers;
  std::span<const ItemFacts> items;
  std::span<const int> layer_item;  ///< of each layer
  std::span<const int> lender;      ///< of each layer: the one whose parameters it uses; itself
  std::span<const int> read;        ///< the values that all layers read, one layer after the other
  std::span<const int> first_read;  ///< of each layer, there
  std::span<const int> readers;     ///< of each value: how often it is read
  std::span<const int> outputs;     ///< the values
  Index line;                       ///< scalars of a cache line

  constexpr int inputs() const { return static_cast<int>(input_shapes.size()); }
  constexpr int depth() const { return static_cast<int>(layers.size()); }
  constexpr int values() const { return inputs() + depth(); }
  constexpr Index aligned(Index n) const { return (n + line - 1) / line * line; }

  constexpr const ItemFacts& item(int i) const {
    return items[static_cast<std::size_t>(layer_item[static_cast<std::size_t>(i)])];
  }
  /// The values that layer i reads.
  constexpr std::span<const int> reads_of(int i) const {
    const auto first = static_cast<std::size_t>(first_read[static_cast<std::size_t>(i)]),
               end = static_cast<std::size_t>(first_read[static_cast<std::size_t>(i) + 1]);
    return read.subspan(first, end - first);
  }
  constexpr bool is_output(int v) const { return std::find(outputs.begin(), outputs.end(), v) != outputs.end(); }
  /// Whether each layer reads the value before it and nothing else.
  constexpr bool is_chain() const {
    if (inputs() != 1 || outputs.size() != 1) return false;
    for (int i = 0; i < depth(); ++i)
      if (reads_of(i).size() != 1 || reads_of(i)[0] != i || lender[static_cast<std::size_t>(i)] != i) return false;
    return true;
  }

  constexpr std::span<const Index> shape(int v) const {
    return v < inputs() ? input_shapes[static_cast<std::size_t>(v)] : layer_of(v).output_shape;
  }
  constexpr Border gradient_border(int v) const { return v < inputs() ? Border{} : layer_of(v).gradient_border; }
  /// Whether there is a penalty on value v, the activity of the layer that gives it.
  constexpr bool penalizes(int v) const { return v >= inputs() && layer_of(v).activity_penalty.any(); }
  /// Whether there are penalties on parameters.
  constexpr bool has_penalties() const {
    for (const LayerNumbers& layer : layers)
      for (const ParameterSpec& spec : layer.parameters)
        if (spec.penalty.any()) return true;
    return false;
  }
  /// A layer that gathers statistics of the whole batch is the first of a new segment.
  constexpr std::size_t segments() const {
    std::size_t count = 1;
    for (const LayerNumbers& layer : layers) count += layer.statistics > 0;
    return count;
  }
  constexpr std::size_t tensors() const {
    std::size_t count = 0;
    for (const LayerNumbers& layer : layers) count += layer.parameters.size();
    return count;
  }

  /// The layout of a value or a gradient, at some place.
  constexpr Lines lines(int v, Border border, Index begin) const {
    const std::size_t rank = shape(v).size();
    const Index height = rank == 3 ? shape(v)[0] : 1, width = rank == 1 ? 1 : shape(v)[rank - 2],
                channels = shape(v)[rank - 1], row_step = (border.left + width + border.right) * channels;
    return {begin,
            border.top * row_step + border.left * channels,
            (border.top + height + border.bottom) * row_step,
            row_step,
            height,
            width * channels};
  }

  constexpr bool wanted_as_logits(Logits logits, std::size_t o) const {
    return (logits >> o & 1) != 0 && readers[static_cast<std::size_t>(outputs[o])] == 0;
  }
  /// The value that is returned for output o. For an activation that is a layer of its own, the logits are the value before it.
  constexpr int shown_value(Logits logits, std::size_t o) const {
    const int v = outputs[o];
    const bool apart = v >= inputs() && item(v - inputs()).belongs_to_previous;
    return wanted_as_logits(logits, o) && apart ? reads_of(v - inputs())[0] : v;
  }
  /// Whether the layer that gives value v runs without its activation.
  constexpr bool without_activation(Logits logits, int v) const {
    for (std::size_t o = 0; o < outputs.size(); ++o)
      if (wanted_as_logits(logits, o) && shown_value(logits, o) == v && v >= inputs() && outputs[o] == v) return true;
    return false;
  }
  /// Whether gradient v is set before any layer adds to it: it comes from a loss, or is 0.
  constexpr bool begins_backward(Logits logits, int v) const {
    if (is_output(v)) return true;
    for (std::size_t o = 0; o < outputs.size(); ++o)
      if (shown_value(logits, o) == v) return true;
    return false;
  }

 private:
  constexpr const LayerNumbers& layer_of(int v) const { return layers[static_cast<std::size_t>(v - inputs())]; }
};

/// How often each value is read.
template <std::size_t values>
constexpr std::array<int, values> count_readers(std::span<const int> read) {
  std::array<int, values> count{};
  for (const int v : read) ++count[static_cast<std::size_t>(v)];
  return count;
}

/// For each layer, the sum of `number` over the layers before it, each filled up to a multiple of `unit`.
template <std::size_t depth>
constexpr std::array<Index, depth + 1> before(const NetworkNumbers& network, Index LayerNumbers::* number, Index unit) {
  std::array<Index, depth + 1> sum{};
  for (std::size_t i = 0; i < depth; ++i) sum[i + 1] = sum[i] + (network.layers[i].*number + unit - 1) / unit * unit;
  return sum;
}

// ---- parameters: every tensor has its place in one buffer and starts on a cache line

template <std::size_t depth, std::size_t tensors>
struct Placement {
  std::array<Index, tensors + 1> places{};
  std::array<std::size_t, depth + 1> first{};  ///< of each layer's, in `places`
  std::array<Index, depth + 1> before{};       ///< scalars of the layers before each
};
template <std::size_t depth, std::size_t tensors>
constexpr Placement<depth, tensors> place_parameters(const NetworkNumbers& network) {
  Placement<depth, tensors> made;
  std::size_t next = 0;
  Index end = 0;
  for (std::size_t i = 0; i < depth; ++i) {
    made.first[i] = next, made.before[i] = end;
    const auto lender = static_cast<std::size_t>(network.lender[i]);
    const bool repeats = network.item(static_cast<int>(i)).distance > 0;
    const auto parameters = network.layers[i].parameters, theirs = network.layers[lender].parameters;
    for (std::size_t t = 0; t < parameters.size(); ++t, ++next) {
      if (!repeats && !parameters[t].borrowed) {
        made.places[next] = end;
        end += network.aligned(parameters[t].size());
      } else {
        std::size_t same = repeats ? t : 0;
        while (!repeats && std::string_view(theirs[same].name) != parameters[t].name) ++same;
        made.places[next] = made.places[made.first[lender] + same];
      }
    }
  }
  made.first[depth] = next, made.before[depth] = end;
  return made;
}

template <std::size_t depth, std::size_t tensors>
constexpr std::array<LayerFacts, depth> layer_facts(const NetworkNumbers& network,
                                                    const Placement<depth, tensors>& placement) {
  std::array<LayerFacts, depth> made{};
  for (std::size_t i = 0; i < depth; ++i) {
    const LayerNumbers& layer = network.layers[i];
    made[i] = {layer.parameters,
               std::span<const Index>(placement.places).subspan(placement.first[i], layer.parameters.size()),
               layer.output_shape,
               network.reads_of(static_cast<int>(i)),
               network.lender[i],
               network.item(static_cast<int>(i)).distance > 0,
               layer.own_loss,
               layer.activity_penalty,
               layer.activation};
  }
  return made;
}

/// Parameters as Keras counts them, without the gaps.
constexpr Index count_parameters(std::span<const LayerFacts> layers, bool trainable_only) {
  Index sum = 0;
  for (const LayerFacts& layer : layers)
    for (std::size_t t = 0; t < layer.parameters.size(); ++t)
      if (layer.owns(t) && (!trainable_only || layer.parameters[t].trainable)) sum += layer.parameters[t].size();
  return sum;
}

// ---- losses: the loss of the targets, and the network's own

inline constexpr const char* regularization = "regularization_loss";

/// The parts of a loss, by name: first the loss of the targets, then what layers and regularizers add, each name once.
template <std::size_t most>
struct LossParts {
  std::array<const char*, most> names{"data_loss"};
  std::size_t count = 1;

  constexpr std::size_t find(std::string_view name) const {
    std::size_t part = 1;
    while (part < count && names[part] != name) ++part;
    return part;
  }
  constexpr void add(const char* name) {
    if (find(name) == count) names[count++] = name;
  }
};
template <std::size_t depth>
constexpr LossParts<depth + 2> loss_parts_of(const NetworkNumbers& network) {
  LossParts<depth + 2> parts;
  for (const LayerNumbers& layer : network.layers) {
    if (layer.own_loss.name) parts.add(layer.own_loss.name);
    if (layer.own_loss.others) parts.names[0] = layer.own_loss.others;
    if (layer.activity_penalty.any()) parts.add(regularization);
  }
  if (network.has_penalties()) parts.add(regularization);
  return parts;
}

/// The first layer of each segment, and the number of layers.
template <std::size_t segments>
constexpr std::array<int, segments + 1> segment_begins_of(const NetworkNumbers& network) {
  std::array<int, segments + 1> found{};
  std::size_t next = 1;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    if (network.layers[i].statistics > 0) found[next++] = static_cast<int>(i);
  found[next] = network.depth();
  return found;
}

// ---- memory: of value v a layout that all its readers can read, of gradient v one that the layer that gave it can

template <std::size_t values>
constexpr std::array<Border, values> value_borders_of(const NetworkNumbers& network) {
  std::array<Border, values> borders{};
  for (int i = 0; i < network.depth(); ++i)
    for (const int v : network.reads_of(i))
      borders[static_cast<std::size_t>(v)] =
          larger(borders[static_cast<std::size_t>(v)], network.layers[static_cast<std::size_t>(i)].input_border);
  return borders;
}

/// The largest number of samples that go through the whole network together: enough to fill the tiles of a matrix product
/// and to have few chunks add to a gradient. For a larger network only four or two images (which share every read of its
/// weights) or one, so that the activations stay in the second-level cache from the forward pass to the backward pass.
constexpr Index chunk_of(const NetworkNumbers& network, std::span<const Border> value_borders) {
  constexpr Index kilobytes = 1024;
  Index bytes = 0;
  for (int v = 0; v < network.values(); ++v)
    bytes += (network.lines(v, value_borders[static_cast<std::size_t>(v)], 0).sample +
              network.lines(v, network.gradient_border(v), 0).sample) *
             (64 / network.line);
  for (Index samples = 64; samples > 1; samples /= 2)
    if (samples * bytes <= (samples > 4 ? 1024 : 2560) * kilobytes) return samples;
  return 1;
}

/// A workspace: the values, then the gradients, then what has to be added to gradients, two samples of an output, and
/// what layers scribble on.
template <std::size_t values>
struct Places {
  std::array<Lines, values> value{}, gradient{};
  Index added = 0;           ///< where what has to be added begins
  Index scratch = 0;         ///< scalars of what layers scribble on
  Index largest_output = 0;  ///< scalars
};
template <std::size_t values>
constexpr Places<values> places_of(const NetworkNumbers& network, const std::array<Border, values>& value_borders,
                                   Index chunk) {
  Places<values> made;
  for (std::size_t v = 0; v < values; ++v) {
    made.value[v] = network.lines(static_cast<int>(v), value_borders[v], made.added);
    made.added += network.aligned(chunk * made.value[v].sample);
  }
  for (std::size_t v = 0; v < values; ++v) {
    made.gradient[v] = network.lines(static_cast<int>(v), network.gradient_border(static_cast<int>(v)), made.added);
    made.added += network.aligned(chunk * made.gradient[v].sample);
  }
  for (const LayerNumbers& layer : network.layers)
    made.scratch = std::max(made.scratch, layer.scratch + chunk * layer.scratch_per_sample);
  for (const int v : network.outputs)
    made.largest_output = std::max(made.largest_output, made.value[static_cast<std::size_t>(v)].scalars());
  return made;
}

// ---- the backward pass

template <std::size_t reads>
struct Reads {
  std::array<Read, reads> table{};
  Index added = 0;  ///< scalars of what has to be added
};
/// Going backward the first reader of a value assigns its gradient, and others add to it.
template <std::size_t reads, std::size_t values>
constexpr Reads<reads> reads_table(const NetworkNumbers& network, const Places<values>& places, Index chunk,
                                   Logits logits) {
  Reads<reads> made;
  std::array<bool, values> assigned{};
  for (std::size_t v = 0; v < values; ++v) assigned[v] = network.begins_backward(logits, static_cast<int>(v));
  for (int i = network.depth() - 1; i >= 0; --i) {
    Index added = 0;
    for (std::size_t k = 0; k < network.reads_of(i).size(); ++k) {
      const auto v = static_cast<std::size_t>(network.reads_of(i)[k]);
      made.table[static_cast<std::size_t>(network.first_read[static_cast<std::size_t>(i)]) + k] = {
          static_cast<int>(v), places.value[v].begin, assigned[v] ? places.added + added : places.gradient[v].begin,
          assigned[v]};
      if (assigned[v]) added += network.aligned(chunk * places.gradient[v].sample);
      assigned[v] = true;
    }
    made.added = std::max(made.added, added);
  }
  return made;
}

/// Whether the gradient of each value is needed.
template <std::size_t values>
constexpr std::array<bool, values> wanted_gradients_of(const NetworkNumbers& network, Backward backward) {
  std::array<bool, values> wanted{};
  for (int v = 0; v < network.values(); ++v) {
    const int i = v - network.inputs();
    bool& it = wanted[static_cast<std::size_t>(v)];
    it = i < 0 ? backward == Backward::input : !network.layers[static_cast<std::size_t>(i)].parameters.empty();
    if (i >= 0)
      for (const int before : network.reads_of(i)) it = it || wanted[static_cast<std::size_t>(before)];
  }
  return wanted;
}

}  // namespace latent::engine
