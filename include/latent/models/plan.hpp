/// A network as a table: the functions of its layers, and where each of them finds its numbers. The compiler makes the
/// table (models/network.hpp); everything that takes samples through a network walks over it, and so is compiled once
/// and not for each network. Layers of the same type between the same neighbours share their functions, too, wherever
/// they stand: in a model, in a part of it, in another model.
#pragma once

#include <span>

#include "latent/core/buffer.hpp"
#include "latent/models/layer_facts.hpp"

namespace latent::detail {

/// What a layer is handed, for one chunk of a batch. The values and their gradients begin with their borders.
template <class Scalar>
struct LayerCall {
  const Scalar* parameters = nullptr;  ///< the layer's first
  const Scalar* prepared = nullptr;    ///< what `prepare` made of them
  Scalar* gradients = nullptr;         ///< of the parameters, to add to; null in the forward pass
  Scalar *x = nullptr, *y = nullptr;   ///< what it is given and what it gives
  /// Gradients with respect to x, and to y, which becomes that to y before its activation.
  Scalar *dx = nullptr, *dz = nullptr;
  Scalar* scratch = nullptr;
  Call call{1};
};

/// The functions of one layer, null where it has nothing to do, and its places in buffers that all layers share.
template <class Scalar>
struct LayerPasses {
  using Function = void (*)(const LayerCall<Scalar>&);
  Function forward = nullptr, weight_gradient = nullptr, input_gradient = nullptr;
  /// dy -> dz; null if there is no activation, or if the next layer's input_gradient has done it.
  Function undo_activation = nullptr;
  void (*prepare)(const Scalar* parameters, Scalar* prepared) = nullptr;

  // Of a layer that gathers statistics of the whole batch:
  Function gather = nullptr;
  void (*join)(const double* other, double* statistics) = nullptr;
  void (*remember)(Scalar* parameters, const double* statistics) = nullptr;
  Index statistics_size = 0;

  Index prepared = 0, statistics = 0;  ///< scalars (doubles) of the layers before it
  std::size_t loss_part = 0;           ///< of its own loss
};

/// The scalars of value i, or gradient i, of a workspace: lines without gaps, between which borders may lie.
struct Lines {
  Index begin;             ///< scalars of the workspace before it
  Index origin;            ///< from there to the first line
  Index sample, row_step;  ///< from one sample (one line) to the next
  Index rows, size;        ///< lines of a sample, scalars of a line

  constexpr bool contiguous() const { return sample == rows * size; }
};

/// How far back gradients are needed: not at all, to the parameters of the first layer, or to its input.
enum class Backward { none, parameters, input };

template <class Scalar>
struct Plan {
  std::span<const LayerFacts> layers;
  std::span<const LayerPasses<Scalar>> passes;
  /// Value i is the input of layer i, the last one the result; gradient i belongs to value i.
  std::span<const Lines> values, gradients;
  /// The first layer of each segment, and the number of layers: a layer that gathers statistics begins a new one.
  std::span<const int> segments;
  /// For a loss that looks through the last activation: puts the penalty on the last layer's activity in its place.
  typename LayerPasses<Scalar>::Function penalize_logits;
  Index chunk;  ///< samples that go through the network together, at most
  Index parameters, prepared, statistics;      ///< sizes of the buffers that all layers share
  Index loss_gradient, scratch, workspace;     ///< places in a workspace, and its size
  std::span<const char* const> loss_parts;     ///< names of the parts of the loss: first that of the targets
  std::size_t penalty_part;                    ///< of the penalties of regularizers
  bool has_penalties;                          ///< on parameters

  int depth() const { return static_cast<int>(passes.size()); }
  /// Scalars of a sample's input and of its result.
  Index input_size() const { return values.front().rows * values.front().size; }
  Index output_size() const { return values.back().rows * values.back().size; }
};

/// The activations and gradients of one chunk. Each thread has one.
template <class Scalar>
class Workspace {
 public:
  explicit Workspace(const Plan<Scalar>& plan) : plan_(&plan), memory_(aligned_zeros<Scalar>(plan.workspace)) {}

  Scalar* begin() const { return memory_.get(); }
  Scalar* line(const Lines& lines, Index n, Index row) const {
    return begin() + lines.begin + lines.origin + n * lines.sample + row * lines.row_step;
  }
  /// Calls visit(sample, the line's first scalar, scalars) for every line of some samples.
  template <class Visit>
  void for_lines(const Lines& lines, Index samples, const Visit& visit) const {
    for (Index n = 0; n < samples; ++n)
      for (Index row = 0; row < lines.rows; ++row) visit(n, line(lines, n, row), lines.size);
  }

  /// Copies sample n into its lines, inside the borders.
  void set(const Lines& lines, Index n, const Scalar* from) const {
    for (Index row = 0; row < lines.rows; ++row) std::copy_n(from + row * lines.size, lines.size, line(lines, n, row));
  }
  /// The samples of a call; `batch` holds those of its batch one after the other.
  void set_inputs(const Call& call, const Scalar* batch) const {
    for (Index n = 0; n < call.samples; ++n) set(plan_->values.front(), n, batch + call.place(n) * plan_->input_size());
  }
  /// The result, and gradient 0, have no borders: one sample after the other.
  Scalar* result() const { return begin() + plan_->values.back().begin; }
  Scalar* input_gradient() const { return begin() + plan_->gradients.front().begin; }
  /// Room for the gradient of one sample's loss.
  Scalar* loss_gradient() const { return begin() + plan_->loss_gradient; }

  /// For tests: fills everything but the borders, so that a value that is read before it is written shows.
  void fill(Scalar everything) const {
    for (const auto& table : {plan_->values, plan_->gradients})
      for (const Lines& lines : table)
        for_lines(lines, plan_->chunk, [&](Index, Scalar* line, Index count) { std::fill_n(line, count, everything); });
  }

 private:
  const Plan<Scalar>* plan_;
  // The zeros of the borders stay; nothing else is read before it is written.
  std::shared_ptr<Scalar[]> memory_;
};

}  // namespace latent::detail
