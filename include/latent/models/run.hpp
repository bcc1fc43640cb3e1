/// Takes a batch through a network in one call, outside of training.
#pragma once

#include <stdexcept>

#include "latent/models/pass.hpp"

namespace latent::engine {

/// The parameters in the form in which the layers read them, of layer i.
template <class Scalar>
void prepare(const Plan<Scalar>& plan, int i, const Scalar* parameters, Scalar* prepared) {
  const LayerPasses<Scalar>& passes = plan.passes[static_cast<std::size_t>(i)];
  LayerCall<Scalar> at;
  at.parameters = parameters, at.places = plan.layers[static_cast<std::size_t>(i)].places.data();
  if (passes.prepare) passes.prepare(at, prepared + passes.prepared);
}
/// The same of all layers, in new memory.
template <class Scalar>
std::shared_ptr<Scalar[]> prepared(const Plan<Scalar>& plan, const Scalar* parameters) {
  auto memory = aligned_zeros<Scalar>(plan.prepared);
  for (int i = 0; i < plan.depth(); ++i) prepare(plan, i, parameters, memory.get());
  return memory;
}

/// For tests: begins with NaN in every value and gradient of a chunk, so that one that is read before it is written shows.
template <class Scalar>
void begin_with_nan(const Chunk<Scalar>& chunk) {
  chunk.workspace.fill_with_nan();
}
/// And expects NaN at the end in the samples that the chunk does not have. Throws `std::logic_error` if a layer wrote there.
template <class Scalar>
void expect_nan_beyond(const Chunk<Scalar>& chunk) {
  const int v = chunk.workspace.written_beyond(chunk.call.samples), inputs = chunk.plan.inputs();
  if (v >= 0)
    throw std::logic_error(text("a layer has written beyond the ", chunk.call.samples,
                                " samples of its call, into the values of ", v < inputs ? "Input " : "layer ",
                                v < inputs ? v : v - inputs, " or their gradients"));
}

/// The samples that a network is run on: for each Input, one after the other.
template <class Scalar>
struct Samples {
  const Scalar* const* inputs;
  Index count;
};

/// Takes samples through a network after pass.begin(); outputs[o], unless it is null, gets the results, one after the other.
template <class Scalar>
void run_forward(Pass<Scalar>& pass, const Scalar* parameters, const Scalar* prepared, const Samples<Scalar>& samples,
                 Scalar* const* outputs, bool in_nan = false) {
  const auto input = [&](const Chunk<Scalar>& chunk) {
    if (in_nan) begin_with_nan(chunk);
    chunk.workspace.set_inputs(chunk.call, samples.inputs);
  };
  const auto done = [&](const Chunk<Scalar>& chunk) {
    if (in_nan) expect_nan_beyond(chunk);
    for (std::size_t o = 0; o < chunk.plan.outputs.size(); ++o)
      if (outputs[o]) chunk.workspace.get_batch(chunk.plan.output(o), chunk.call, outputs[o]);
  };
  pass.run(parameters, prepared, {.input = input, .done = done});
}

/// Takes samples through a network; outputs[o], unless it is null, gets the results, one after the other. Returns the parts of
/// the loss that layers add, summed over the samples. Tests run it `in_nan`, see above.
template <class Scalar>
[[gnu::cold]] std::vector<double> forward(const Plan<Scalar>& plan, const Scalar* parameters, Frozen frozen,
                                          const Samples<Scalar>& samples, Scalar* const* outputs, const CallMode& mode,
                                          int team, bool in_nan = false) {
  Pass<Scalar> pass(plan);
  pass.freeze(frozen);
  pass.begin(mode, samples.count, team);
  run_forward(pass, parameters, prepared(plan, parameters).get(), samples, outputs, in_nan);
  return pass.sums();
}

/// Forward and backward, given dy, the gradients with respect to the outputs. Assigns dx, those with respect to the Inputs,
/// and adds to `gradients`, those of each of a few lanes by itself. Tests run it `in_nan`, see above.
template <class Scalar>
[[gnu::cold]] void backward(const Plan<Scalar>& plan, const Scalar* parameters, Frozen frozen,
                            const Samples<Scalar>& samples, const Scalar* const* dy, const CallMode& mode,
                            Scalar* const* dx, Scalar* gradients, int team, bool in_nan = false) {
  Pass<Scalar> pass(plan, 8);
  pass.freeze(frozen);
  team = pass.begin(mode, samples.count, team);
  const auto of_lanes = aligned_zeros<Scalar>(pass.lanes() * plan.parameters);
  std::copy_n(gradients, plan.parameters, of_lanes.get());
  const auto start = [&](Index lane) { return of_lanes.get() + lane * plan.parameters; };
  const auto input = [&](const Chunk<Scalar>& chunk) {
    if (in_nan) begin_with_nan(chunk);
    chunk.workspace.set_inputs(chunk.call, samples.inputs);
  };
  const auto loss = [&](const Chunk<Scalar>& chunk) {
    for (std::size_t o = 0; o < plan.outputs.size(); ++o)
      for (Index n = 0; n < chunk.call.samples; ++n)
        chunk.workspace.set(plan.output_gradient(o), n,
                            dy[o] + chunk.call.place(n) * plan.output_gradient(o).scalars());
  };
  const auto done = [&](const Chunk<Scalar>& chunk) {
    if (in_nan) expect_nan_beyond(chunk);
    for (std::size_t i = 0; i < static_cast<std::size_t>(plan.inputs()); ++i)
      chunk.workspace.get_batch(plan.gradients[i], chunk.call, dx[i]);
  };
  const auto memory = prepared(plan, parameters);
  pass.run(parameters, memory.get(), {.start = start, .input = input, .loss = loss, .done = done});
  constexpr Index piece = 4096;  // scalars for a thread at a time
  share_out(team, (plan.parameters + piece - 1) / piece, [&](Index number, int) {
    const Index first = number * piece, count = std::min(piece, plan.parameters - first);
    add_lanes(of_lanes.get() + first, plan.parameters, pass.lanes(), count);
    std::copy_n(of_lanes.get() + first, count, gradients + first);
  });
  penalties(plan.layers, frozen, parameters, gradients);
}

}  // namespace latent::engine
