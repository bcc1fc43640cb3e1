/// What names, summaries, initial values and penalties need to know of a network: tables to walk, where templates would be
/// compiled anew for each layer of each network.
#pragma once

#include <span>
#include <vector>

#include "latent/core/parameters.hpp"
#include "latent/layers/layer.hpp"
#include "latent/models/layer_names.hpp"

namespace latent::detail {

struct LayerFacts {
  std::span<const ParameterSpec> parameters;
  std::span<const Index> output_shape;
  Index offset;  ///< of the first parameter in the model's buffer
  OwnLoss own_loss;
  Penalty activity_penalty;
  std::span<const std::span<const Index>> branch_shapes;  ///< the outputs of a Fork's branches
};

/// Scalars that a tensor of n scalars takes in a model's buffer: every tensor starts on a cache line.
template <class Scalar>
constexpr Index aligned(Index n) {
  constexpr Index line = 64 / static_cast<Index>(sizeof(Scalar));
  return (n + line - 1) / line * line;
}

/// Calls visit(layer, number of the tensor in it, spec, offset in the buffer) for all parameter tensors, in order.
template <class Scalar, class Visit>
void for_parameters(std::span<const LayerFacts> layers, const Visit& visit) {
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    Index offset = layers[layer].offset;
    for (std::size_t t = 0; t < layers[layer].parameters.size(); ++t) {
      const ParameterSpec& spec = layers[layer].parameters[t];
      visit(layer, t, spec, offset);
      offset += aligned<Scalar>(spec.size());
    }
  }
}

/// Gives all parameters their first values.
template <class Scalar>
[[gnu::cold]] void initialize(std::span<const LayerFacts> layers, Seed seed, Scalar* buffer) {
  for_parameters<Scalar>(layers, [&](std::size_t layer, std::size_t t, const ParameterSpec& spec, Index offset) {
    const Random random(seed, Purpose::initializer, static_cast<std::uint32_t>(16 * layer + t));
    initialize(spec.initializer, spec.shape(), random, buffer + offset);
  });
}

/// The sum of the penalties on parameters. Adds their gradients to `gradients` unless it is null.
template <class Scalar>
[[gnu::cold]] double penalties(std::span<const LayerFacts> layers, const Scalar* parameters, Scalar* gradients) {
  double sum = 0;
  for_parameters<Scalar>(layers, [&](std::size_t, std::size_t, const ParameterSpec& spec, Index offset) {
    if (!spec.penalty.any()) return;
    sum += spec.penalty.value(parameters + offset, spec.size());
    if (gradients) spec.penalty.add_gradient(parameters + offset, gradients + offset, spec.size(), 1);
  });
  return sum;
}

/// The parameter tensors in a buffer, with their names. `names` begins with the Input's.
template <class Scalar>
[[gnu::cold]] std::vector<NamedTensor<Scalar>> named_tensors(std::span<const LayerFacts> layers,
                                                             std::span<const LayerName> names, Scalar* buffer) {
  std::vector<NamedTensor<Scalar>> tensors;
  for_parameters<Scalar>(layers, [&](std::size_t layer, std::size_t, const ParameterSpec& spec, Index offset) {
    const LayerName& name = names[layer + 1];
    const LayerName& owner = name.branches.empty() ? name : name.branches[static_cast<std::size_t>(spec.branch)];
    tensors.push_back(
        {owner.name + "/" + spec.name, {spec.shape().begin(), spec.shape().end()}, buffer + offset, spec.trainable});
  });
  return tensors;
}

}  // namespace latent::detail
