/// A batch through a network in one call: what a model does apart from training.
#pragma once

#include <limits>

#include "latent/models/pass.hpp"

namespace latent::detail::batches {

/// The parameters in the form in which the layers read them, of one layer.
template <class Scalar>
void prepare(const Plan<Scalar>& plan, int i, const Scalar* parameters, Scalar* prepared) {
  const LayerPasses<Scalar>& passes = plan.passes[static_cast<std::size_t>(i)];
  if (passes.prepare)
    passes.prepare(parameters + plan.layers[static_cast<std::size_t>(i)].offset, prepared + passes.prepared);
}
/// The same of all layers, in new memory.
template <class Scalar>
std::shared_ptr<Scalar[]> prepared(const Plan<Scalar>& plan, const Scalar* parameters) {
  auto memory = aligned_zeros<Scalar>(plan.prepared);
  for (int i = 0; i < plan.depth(); ++i) prepare(plan, i, parameters, memory.get());
  return memory;
}

/// Takes samples through a network as at inference; they lie one after the other in x, and so do the results in y.
template <class Scalar>
[[gnu::cold]] void predict(const Plan<Scalar>& plan, const Scalar* parameters, const Scalar* x, Scalar* y, Index samples, int team) {
  const Index chunks = (samples + plan.chunk - 1) / plan.chunk;
  const auto memory = prepared(plan, parameters);
#pragma omp parallel num_threads(team)
  {
    const Workspace<Scalar> workspace(plan);
#pragma omp for schedule(dynamic, 8)
    for (Index chunk = 0; chunk < chunks; ++chunk) {
      const Index first = chunk * plan.chunk;
      Call call(std::min(plan.chunk, samples - first));
      workspace.set_inputs(call, x + first * plan.input_size());
      Chunk<Scalar>{plan, parameters, memory.get(), workspace, call}.forward();
      std::copy_n(workspace.result(), call.samples * plan.output_size(), y + first * plan.output_size());
    }
  }
}

/// Takes samples through a network in some mode, one chunk after the other; y, unless it is null, gets the results.
/// Returns the parts of the loss that layers add, summed over the samples. Tests let the workspaces begin with NaN.
template <class Scalar>
[[gnu::cold]] std::vector<double> forward(const Plan<Scalar>& plan, const Scalar* parameters, const Scalar* x, Scalar* y, Index samples,
                            const CallMode& mode, bool begin_with_nan = false) {
  Pass<Scalar> pass(plan);
  pass.begin(mode, samples, 1);
#pragma omp parallel num_threads(1)
  pass.run(parameters, prepared(plan, parameters).get(),
           {.input =
                [&](const Chunk<Scalar>& chunk) {
                  if (begin_with_nan) chunk.workspace.fill(std::numeric_limits<Scalar>::quiet_NaN());
                  chunk.workspace.set_inputs(chunk.call, x);
                },
            .done =
                [&](const Chunk<Scalar>& chunk) {
                  if (y)
                    std::copy_n(chunk.workspace.result(), chunk.call.samples * plan.output_size(),
                                y + chunk.call.first * plan.output_size());
                }});
  return pass.losses();
}

/// Forward and backward, given dy, the gradient with respect to the results. Assigns dx, and adds to `gradients`.
/// Tests let the workspaces begin with NaN.
template <class Scalar>
[[gnu::cold]] void backward(const Plan<Scalar>& plan, const Scalar* parameters, const Scalar* x, const Scalar* dy, Index samples,
                            const CallMode& mode, Scalar* dx, Scalar* gradients, bool begin_with_nan = false) {
  Pass<Scalar> pass(plan);
  pass.begin(mode, samples, 1);
#pragma omp parallel num_threads(1)
  pass.run(parameters, prepared(plan, parameters).get(),
           {.start = [&](Index) { return gradients; },
            .input =
                [&](const Chunk<Scalar>& chunk) {
                  if (begin_with_nan) chunk.workspace.fill(std::numeric_limits<Scalar>::quiet_NaN());
                  chunk.workspace.set_inputs(chunk.call, x);
                },
            .loss =
                [&](const Chunk<Scalar>& chunk) {
                  for (Index n = 0; n < chunk.call.samples; ++n)
                    chunk.workspace.set(plan.gradients.back(), n, dy + chunk.call.place(n) * plan.output_size());
                  chunk.begin_backward();
                  return 0.0;
                },
            .done =
                [&](const Chunk<Scalar>& chunk) {
                  std::copy_n(chunk.workspace.input_gradient(), chunk.call.samples * plan.input_size(),
                              dx + chunk.call.first * plan.input_size());
                }});
  penalties(plan.layers, parameters, gradients);
}

}  // namespace latent::detail::batches
