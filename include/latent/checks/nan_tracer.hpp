/// Finds the layer in which a value first became NaN or infinite.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "latent/models/run.hpp"

namespace latent {

/// A loss, or a step of the optimiser, that is NaN or infinite.
struct NotFinite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace engine {

/// Runs the forward pass of the failed step again. Throws NotFinite with the first layer whose output is not
/// finite, the first sample for which it is not, and `when`. Sample n of the batch is number order[n] of those that lie in
/// inputs[i], for each Input; `names` are those of the Inputs and the layers.
template <class Scalar>
[[noreturn, gnu::cold]] void throw_not_finite(const Plan<Scalar>& plan, Scalar* parameters, Frozen frozen,
                                              std::span<const LayerName> names, std::span<const Scalar* const> inputs,
                                              std::span<const Index> order, const CallMode& mode, double loss,
                                              const std::string& when) {
  const std::string where = text(when, ": the loss is ", loss);
  for (const auto& tensor : named_tensors<Scalar>(plan.layers, frozen, names, parameters))
    for (Index i = 0; i < tensor.size(); ++i)
      if (!std::isfinite(tensor.data[i]))
        throw NotFinite(text(where, "; the first parameter that is not finite is ", tensor.name, ", value ", i, " = ",
                             tensor.data[i], ". A smaller learning rate may help"));

  std::size_t value = plan.values.size();
  Index sample = 0;
  const auto number = [&](const Chunk<Scalar>& chunk, Index n) {
    return order[static_cast<std::size_t>(chunk.call.place(n))];
  };
  const auto input = [&](const Chunk<Scalar>& chunk) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      for (Index n = 0; n < chunk.call.samples; ++n)
        chunk.workspace.set(plan.input(i), n, inputs[i] + number(chunk, n) * plan.input(i).scalars());
  };
  const auto done = [&](const Chunk<Scalar>& chunk) {
    for (std::size_t v = 0; v < value; ++v)
      chunk.workspace.for_lines(plan.values[v], chunk.call.samples, [&](Index n, const Scalar* line, Index size) {
        if (value > v && !std::all_of(line, line + size, [](Scalar it) { return std::isfinite(it); }))
          value = v, sample = number(chunk, n);
      });
  };
  Pass<Scalar> pass(plan, 1);
  pass.freeze(frozen);
  pass.begin(mode, static_cast<Index>(order.size()), 1);
  const auto memory = prepared<Scalar>(plan, parameters);
  pass.run(parameters, memory.get(), {.input = input, .done = done});
  if (value < plan.values.size()) {
    const auto layer = static_cast<int>(value) - plan.inputs() + 1;
    throw NotFinite(text(where, "; it first appears in the output of layer ", std::max(layer, 0), " (",
                         names[value].name, ") for training sample ", sample));
  }
  throw NotFinite(
      text(where, "; every layer's output is finite, so it comes from the targets or from the loss itself"));
}

/// After a step that has made a tensor of the parameters infinite or NaN though the loss was finite. Throws NotFinite with
/// the tensor's name, after the words `where`. `gradient`, of the same size, is the sum of the gradients that it got.
template <class Scalar>
[[noreturn, gnu::cold]] void throw_spoilt(const NamedTensor<Scalar>& tensor, const Scalar* gradient,
                                          const std::string& where) {
  Index i = 0;
  while (i + 1 < tensor.size() && std::isfinite(tensor.data[i]) && std::isfinite(gradient[i])) ++i;
  throw NotFinite(text(where, " the step is not finite; the first is that of ", tensor.name, ", value ", i, " = ",
                       tensor.data[i], " (gradient ", gradient[i],
                       "). A smaller learning rate, clipnorm or inputs closer to 0 may help"));
}

}  // namespace engine

}  // namespace latent
