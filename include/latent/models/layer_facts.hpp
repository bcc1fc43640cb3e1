/// Tables of facts about a network, for names, summaries, initial values and penalties. Templates would be
/// compiled again for each layer of each network.
#pragma once

#include <span>
#include <vector>

#include "latent/core/parameters.hpp"
#include "latent/layers/layer.hpp"
#include "latent/models/layer_names.hpp"

namespace latent::engine {

struct LayerFacts {
  std::span<const ParameterSpec> parameters;
  std::span<const Index> places;  ///< of the parameters, in the model's buffer
  std::span<const Index> output_shape;
  std::span<const int> reads;  ///< the values that it reads: those of the Inputs, 0, 1 ..., then those of the layers
  int lender;                  ///< the layer whose parameters it uses, or some of them; itself
  bool repeats;                ///< all its parameters are the lender's
  OwnLoss own_loss;
  Penalty activity_penalty;
  const char* activation;  ///< Keras's name of its activation; "linear" if there is none

  constexpr bool owns(std::size_t tensor) const { return !repeats && !parameters[tensor].borrowed; }
};

/// Scalars that a tensor of n scalars takes in a model's buffer: every tensor starts on a cache line.
template <class Scalar>
constexpr Index aligned(Index n) {
  constexpr Index line = 64 / static_cast<Index>(sizeof(Scalar));
  return (n + line - 1) / line * line;
}

/// Calls visit(layer, index of the tensor in it, spec, place in the buffer) once for each parameter tensor, in order.
template <class Visit>
void for_parameters(std::span<const LayerFacts> layers, const Visit& visit) {
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t t = 0; t < layers[layer].parameters.size(); ++t)
      if (layers[layer].owns(t)) visit(layer, t, layers[layer].parameters[t], layers[layer].places[t]);
}

/// The frozen layers: a flag for each, or null if there are none.
using Frozen = const bool*;
inline bool trains(Frozen frozen, std::size_t layer) { return !frozen || !frozen[layer]; }

/// Sets the initial values of all parameters.
template <class Scalar>
[[gnu::cold]] void initialize(std::span<const LayerFacts> layers, Seed seed, Scalar* buffer) {
  for_parameters(layers, [&](std::size_t layer, std::size_t t, const ParameterSpec& spec, Index place) {
    const Random random(seed, Purpose::initializer, static_cast<std::uint32_t>(16 * layer + t));
    initialize(spec.initializer, spec.shape(), random, buffer + place);
  });
}

/// The sum of the penalties on parameters that are trained. Adds their gradients to `gradients` unless it is null.
template <class Scalar>
[[gnu::cold]] double penalties(std::span<const LayerFacts> layers, Frozen frozen, const Scalar* parameters,
                               Scalar* gradients) {
  double sum = 0;
  for_parameters(layers, [&](std::size_t layer, std::size_t, const ParameterSpec& spec, Index place) {
    if (!spec.penalty.any() || !trains(frozen, layer)) return;
    sum += spec.penalty.value(parameters + place, spec.size());
    if (gradients) spec.penalty.add_gradient(parameters + place, gradients + place, spec.size(), 1);
  });
  return sum;
}

/// For each parameter tensor, in order, whether it has a gradient at all: whether one of these values (Inputs, then layers), a loss
/// of a layer's own or a penalty depends on it.
[[gnu::cold]] inline std::vector<bool> have_gradients(std::span<const LayerFacts> layers, std::size_t inputs,
                                                      std::vector<int> scored) {
  std::vector<bool> needed(inputs + layers.size()), learns(layers.size());
  for (const int value : scored) needed[static_cast<std::size_t>(value)] = true;
  for (std::size_t i = layers.size(); i-- > 0;) {
    if (layers[i].own_loss.name || layers[i].activity_penalty.any()) needed[inputs + i] = true;
    if (!needed[inputs + i]) continue;
    learns[static_cast<std::size_t>(layers[i].lender)] = learns[i] = true;
    for (const int value : layers[i].reads) needed[static_cast<std::size_t>(value)] = true;
  }
  std::vector<bool> all;
  for_parameters(layers, [&](std::size_t layer, std::size_t, const ParameterSpec& spec, Index) {
    all.push_back(learns[layer] || spec.penalty.any());
  });
  return all;
}

/// The parameter tensors in a buffer, with the names of their layers. `names` begins with those of the Inputs.
template <class Scalar>
[[gnu::cold]] std::vector<NamedTensor<Scalar>> named_tensors(std::span<const LayerFacts> layers, Frozen frozen,
                                                             std::span<const LayerName> names, Scalar* buffer) {
  std::vector<NamedTensor<Scalar>> tensors;
  const std::size_t inputs = names.size() - layers.size();
  for_parameters(layers, [&](std::size_t layer, std::size_t, const ParameterSpec& spec, Index place) {
    tensors.push_back({names[inputs + layer].name + "/" + spec.name,
                       {spec.shape().begin(), spec.shape().end()},
                       buffer + place,
                       spec.trainable && trains(frozen, layer)});
  });
  return tensors;
}

}  // namespace latent::engine
