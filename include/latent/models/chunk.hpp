/// A chunk of a batch on its way through a network: a few samples in the workspace of one thread.
#pragma once

#include "latent/core/team.hpp"
#include "latent/models/plan.hpp"

namespace latent::engine {

/// What a layer has to do in a training with frozen layers.
struct Duty {
  bool learns = true;       ///< its weight gradient is wanted
  bool passes_back = true;  ///< its input gradient is wanted
  bool frozen = false;      ///< it works as at inference, if that makes a difference
};

/// The stages of a step. A watch is called after each of them, to measure times.
enum class Stage { prepare, input, forward, loss, weight_gradient, input_gradient, update };
using Watch = FunctionRef<void(Stage, int layer)>;

template <class Scalar>
struct Chunk {
  const Plan<Scalar>& plan;
  const Scalar *parameters, *prepared;  ///< of all layers
  const Workspace<Scalar>& workspace;
  const Call& call;
  double* sums = nullptr;        ///< of the chunk's lane: losses and metrics, see Pass
  Scalar* gradients = nullptr;   ///< of all parameters, to add to; for the backward pass
  const Duty* duties = nullptr;  ///< of each layer; null: all layers do everything
  Watch watch = {};
  std::span<const std::shared_ptr<Scalar[]>> scratches =
      {};  ///< workspaces of further threads, which help with each layer

  /// What layer i receives.
  LayerCall<Scalar> at(int i) const {
    const LayerPasses<Scalar>& passes = plan.passes[index(i)];
    Scalar* const memory = workspace.begin();
    LayerCall<Scalar> at;
    at.parameters = parameters, at.places = plan.layers[index(i)].places.data(),
    at.prepared = prepared + passes.prepared;
    at.memory = memory, at.reads = passes.reads.data();
    at.y = memory + values(i).begin, at.dz = memory + gradient(i).begin;
    at.scratch = memory + plan.scratch;
    at.call = call;
    at.call.layer = i;
    if (duties && duties[i].frozen && passes.gather) at.call.training = false;
    if (call.loss) at.call.loss = call.loss + passes.loss_part;
    if (call.batch_statistics)
      at.call.lane_statistics += passes.statistics, at.call.batch_statistics += passes.statistics;
    return at;
  }

  /// Takes the chunk through the layers first ... end - 1.
  void forward(int first, int end) const {
    for (int i = first; i < end; ++i) {
      forward_layer(i);
      if (call.loss && penalty(i).any()) add_penalty(i);
      if (watch) watch(Stage::forward, i);
    }
  }
  /// Gathers the statistics of the batch for layer i.
  void gather(int i) const {
    if (const LayerCall<Scalar> here = at(i); here.call.training) plan.passes[index(i)].gather(here);
    if (watch) watch(Stage::forward, i);
  }

  /// Backward through the layers first ... end - 1 of a segment. The input gradient of a segment's first layer waits
  /// until the whole batch has reached it, and is computed with the segment before.
  void backward(int first, int end, bool first_segment) const {
    if (end < plan.depth()) input_gradient(end);
    for (int i = end - 1; i >= first; --i) {
      finish_gradient(i);
      weight_gradient(i);
      if (i > first || first_segment) input_gradient(i);
    }
  }

  /// Sets the gradient of an output without a loss to 0.
  void no_gradient(const Lines& gradient) const { workspace.fill(gradient, call.samples, Scalar(0)); }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  const Lines& values(int i) const { return plan.values[index(plan.inputs() + i)]; }
  const Lines& gradient(int i) const { return plan.gradients[index(plan.inputs() + i)]; }
  const Penalty& penalty(int i) const { return plan.layers[index(i)].activity_penalty; }

  /// One layer, shared with the other threads if there are any and if there is enough work.
  void forward_layer(int i) const {
    const LayerPasses<Scalar>& passes = plan.passes[index(i)];
    const Index parts = std::min(static_cast<Index>(scratches.size()) + 1, passes.forward_parts);
    if (parts == 1) return passes.forward(at(i));
    share_out(static_cast<int>(parts), parts, [&](Index part, int thread) {
      LayerCall<Scalar> here = at(i);
      here.call.part = part, here.call.parts = parts;
      if (thread > 0) here.scratch = scratches[static_cast<std::size_t>(thread) - 1].get();
      passes.forward(here);
    });
  }

  /// Called when all readers of the value of layer i have given their gradients: turns their sum into the gradient with respect
  /// to the layer's result before its activation.
  void finish_gradient(int i) const {
    if (!plan.passes[index(i)].weight_gradient && !plan.passes[index(i)].input_gradient) return;
    if (duties && !duties[i].learns && !duties[i].passes_back) return;
    if (penalty(i).any())
      for (Index n = 0; n < call.samples; ++n)
        for (Index row = 0; row < values(i).rows; ++row)
          penalty(i).add_gradient(static_cast<const Scalar*>(workspace.line(values(i), n, row)),
                                  workspace.line(gradient(i), n, row), values(i).size, call.share());
    if (const auto undo = plan.passes[index(i)].undo_activation) undo(at(i));
  }
  void weight_gradient(int i) const {
    const auto pass = plan.passes[index(i)].weight_gradient;
    if (!pass || (duties && !duties[i].learns)) return;
    pass({at(i), gradients});
    if (watch) watch(Stage::weight_gradient, i);
  }
  void input_gradient(int i) const {
    const auto pass = plan.passes[index(i)].input_gradient;
    if (!pass || (duties && !duties[i].passes_back)) return;
    pass(at(i));
    for (const Read& read : plan.passes[index(i)].reads)
      if (read.adds) add(read);
    if (watch) watch(Stage::input_gradient, i);
  }

  /// Adds a layer's gradient of one of its inputs to that of other readers.
  void add(const Read& read) const {
    const Lines& to = plan.gradients[index(read.value)];
    for (Index n = 0; n < call.samples; ++n)
      for (Index row = 0; row < to.rows; ++row) {
        Scalar* const sum = workspace.line(to, n, row);
        const Scalar* const more = sum - to.begin + read.dx;
        for (Index k = 0; k < to.size; ++k) sum[k] += more[k];
      }
  }

  /// Adds the penalty on the result of layer i to the loss.
  void add_penalty(int i) const {
    double sum = 0;
    workspace.for_lines(values(i), call.samples,
                        [&](Index, const Scalar* line, Index count) { sum += penalty(i).value(line, count); });
    call.loss[plan.penalty_part] += sum;
  }
};

}  // namespace latent::engine
