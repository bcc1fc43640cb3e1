/// Finds where a number stopped being one.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "latent/models/run.hpp"

namespace latent {

/// A loss that is NaN or infinite.
struct NotFinite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Runs a batch forward once more, as in the step that failed. Throws NotFinite with the first layer whose output is not
/// finite, the first sample for which it is not, and `when`. Sample n of the batch is number order[n] of x; `names` are
/// those of the layers, the Input first.
template <class Scalar>
[[noreturn, gnu::cold]] void throw_not_finite(const Plan<Scalar>& plan, Scalar* parameters, std::span<const LayerName> names,
                                              const Scalar* x, std::span<const Index> order, const CallMode& mode, double loss,
                                              const std::string& when) {
  const std::string where = text(when, ": the loss is ", loss);
  for (const auto& tensor : named_tensors<Scalar>(plan.layers, names, parameters))
    for (Index i = 0; i < tensor.size(); ++i)
      if (!std::isfinite(tensor.data[i]))
        throw NotFinite(text(where, "; the first parameter that is not finite is ", tensor.name, ", value ", i, " = ",
                             tensor.data[i], ". A smaller learning rate may help"));

  std::size_t layer = plan.values.size();
  Index sample = 0;
  const auto number = [&](const Chunk<Scalar>& chunk, Index n) { return order[static_cast<std::size_t>(chunk.call.place(n))]; };
  Pass<Scalar> pass(plan);
  pass.begin(mode, static_cast<Index>(order.size()), 1);
  pass.run(parameters, batches::prepared<Scalar>(plan, parameters).get(),
           {.input =
                [&](const Chunk<Scalar>& chunk) {
                  for (Index n = 0; n < chunk.call.samples; ++n)
                    chunk.workspace.set(plan.values.front(), n, x + number(chunk, n) * plan.input_size());
                },
            .done =
                [&](const Chunk<Scalar>& chunk) {
                  for (std::size_t i = 0; i < layer && i < plan.values.size(); ++i)
                    chunk.workspace.for_lines(
                        plan.values[i], chunk.call.samples, [&](Index n, const Scalar* line, Index size) {
                          if (layer > i && !std::all_of(line, line + size, [](Scalar v) { return std::isfinite(v); }))
                            layer = i, sample = number(chunk, n);
                        });
                }});
  if (layer < plan.values.size())
    throw NotFinite(text(where, "; it first appears in the output of layer ", layer, " (", names[layer].name,
                         ") for training sample ", sample));
  throw NotFinite(text(where, "; every layer's output is finite, so it comes from the targets or from the loss itself"));
}

}  // namespace detail

}  // namespace latent
