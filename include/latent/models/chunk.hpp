/// A chunk of a batch on its way through a network: a few samples in the workspace of one thread.
#pragma once

#include "latent/models/plan.hpp"

namespace latent::detail {

template <class Scalar>
struct Chunk {
  const Plan<Scalar>& plan;
  const Scalar *parameters, *prepared;  ///< of all layers
  const Workspace<Scalar>& workspace;
  const Call& call;
  Scalar* gradients = nullptr;  ///< of all parameters, to add to; for the backward pass

  /// What layer i is handed.
  LayerCall<Scalar> at(int i) const {
    const auto layer = static_cast<std::size_t>(i);
    const LayerPasses<Scalar>& passes = plan.passes[layer];
    const Index first = plan.layers[layer].offset;
    Scalar* const memory = workspace.begin();
    LayerCall<Scalar> at;
    at.parameters = parameters + first, at.prepared = prepared + passes.prepared;
    if (gradients) at.gradients = gradients + first;
    at.x = memory + plan.values[layer].begin, at.y = memory + plan.values[layer + 1].begin;
    at.dx = memory + plan.gradients[layer].begin, at.dz = memory + plan.gradients[layer + 1].begin;
    at.scratch = memory + plan.scratch;
    at.call = call;
    at.call.layer = i;
    if (call.loss) at.call.loss = call.loss + passes.loss_part;
    if (call.batch_statistics)
      at.call.lane_statistics += passes.statistics, at.call.batch_statistics += passes.statistics;
    return at;
  }

  /// Value `first` -> ... -> value `end`.
  void forward(int first, int end) const {
    for (int i = first; i < end; ++i) {
      plan.passes[static_cast<std::size_t>(i)].forward(at(i));
      if (call.loss && penalty(i).any() && !(plan.penalize_logits && i == plan.depth() - 1)) add_penalty(i);
    }
  }
  void forward() const { forward(0, plan.depth()); }

  /// The same for one segment. Where another one follows, its first layer gathers its statistics.
  void forward_segment(std::size_t segment) const {
    const int end = plan.segments[segment + 1];
    forward(plan.segments[segment], end);
    if (end < plan.depth() && call.training) plan.passes[static_cast<std::size_t>(end)].gather(at(end));
  }

  /// Backward through a segment, the last one from the gradient with respect to the last layer's result before its
  /// activation (dz). The input gradient of a segment's first layer waits until the whole batch has come as far, and is
  /// computed with the segment before.
  void backward_segment(std::size_t segment) const {
    const int first = plan.segments[segment], end = plan.segments[segment + 1];
    if (end < plan.depth()) input_gradient(end);
    for (int i = end - 1; i >= first; --i) {
      weight_gradient(i);
      if (i > first || segment == 0) input_gradient(i);
    }
  }
  void weight_gradient(int i) const {
    if (const auto pass = plan.passes[static_cast<std::size_t>(i)].weight_gradient) pass(at(i));
  }
  /// Of layer i, back to before the activation of the layer before it.
  void input_gradient(int i) const {
    const auto pass = plan.passes[static_cast<std::size_t>(i)].input_gradient;
    if (!pass) return;
    pass(at(i));
    if (i > 0) finish_gradient(i - 1);
  }

  /// The gradient with respect to the result of layer i becomes that with respect to its result before its activation.
  void finish_gradient(int i) const {
    const auto layer = static_cast<std::size_t>(i);
    if (penalty(i).any())
      for (Index n = 0; n < call.samples; ++n)
        for (Index row = 0; row < plan.values[layer + 1].rows; ++row)
          penalty(i).add_gradient(static_cast<const Scalar*>(workspace.line(plan.values[layer + 1], n, row)),
                                  workspace.line(plan.gradients[layer + 1], n, row), plan.values[layer + 1].size,
                                  call.share());
    if (const auto undo = plan.passes[layer].undo_activation) undo(at(i));
  }

  /// After the loss has put its gradient in the place of the result's: from there to dz of the last layer.
  void begin_backward() const {
    if (plan.penalize_logits)
      plan.penalize_logits(penalized_logits());
    else
      finish_gradient(plan.depth() - 1);
  }
  /// What the penalty on the activity of the last layer adds to the loss, where that was not yet done.
  LayerCall<Scalar> penalized_logits() const {
    LayerCall<Scalar> last = at(plan.depth() - 1);
    last.call.loss = call.loss ? call.loss + plan.penalty_part : nullptr;
    return last;
  }

 private:
  const Penalty& penalty(int i) const { return plan.layers[static_cast<std::size_t>(i)].activity_penalty; }

  /// Adds the penalty on the result of layer i to the loss.
  void add_penalty(int i) const {
    double sum = 0;
    workspace.for_lines(plan.values[static_cast<std::size_t>(i) + 1], call.samples, [&](Index, const Scalar* line, Index count) {
      sum += penalty(i).value(line, count);
    });
    call.loss[plan.penalty_part] += sum;
  }
};

}  // namespace latent::detail
