/// A network as a table: the functions of its layers, and where each of them finds its numbers. The compiler makes the
/// table (models/network.hpp); everything that takes samples through a network walks over it, and so is compiled once
/// and not for each network. Layers of the same type between the same neighbours share their functions, too, wherever
/// they stand: in a model, in a part of it, in another model.
///
/// Values are numbered: first those of the Inputs, then what each layer gives. Gradient v belongs to value v. A value that
/// several layers read has the largest border that any of them wants. In the backward pass, the first of its readers assigns its
/// gradient, and the others add to it.
#pragma once

#include <cstring>
#include <span>

#include "latent/core/buffer.hpp"
#include "latent/models/layer_facts.hpp"

namespace latent::engine {

/// One value that a layer reads.
struct Read {
  int value;
  Index x, dx;  ///< places in a workspace: of the value, and where the layer puts its gradient
  bool adds;    ///< dx is not the place of the value's gradient: it has to be added there
};

/// The arguments of a layer for one chunk of a batch. The layer's functions get it as `p`, with their parameters.
template <class Scalar>
struct LayerCall {
  const Scalar* parameters = nullptr;  ///< of all layers
  const Index* places = nullptr;       ///< there, of the tensors of this layer
  const Scalar* prepared = nullptr;    ///< the results of `prepare`
  Scalar* scratch = nullptr;
  Call call{1};

  Scalar* memory = nullptr;  ///< the workspace
  const Read* reads = nullptr;
  Scalar *y = nullptr, *dz = nullptr;  ///< its value, and the gradient with respect to it, before its activation

  const Scalar* operator[](std::size_t tensor) const { return parameters + places[tensor]; }
};

/// The same with mutable numbers: `dp`, the gradients of the parameters.
template <class Scalar>
struct ChangingCall : LayerCall<Scalar> {
  Scalar* buffer;  ///< laid out like the parameters
  ChangingCall(const LayerCall<Scalar>& at, Scalar* changing) : LayerCall<Scalar>(at), buffer(changing) {}
  Scalar* operator[](std::size_t tensor) const { return buffer + this->places[tensor]; }
};

/// The functions of one layer, null where it has nothing to do, and its places in buffers that all layers share.
template <class Scalar>
struct LayerPasses {
  void (*forward)(const LayerCall<Scalar>&) = nullptr;
  void (*weight_gradient)(const ChangingCall<Scalar>&) = nullptr;
  void (*input_gradient)(const LayerCall<Scalar>&) = nullptr;
  /// dy -> dz; null if there is no activation, or if the reader's input_gradient has done it.
  void (*undo_activation)(const LayerCall<Scalar>&) = nullptr;
  void (*prepare)(const LayerCall<Scalar>&, Scalar* prepared) = nullptr;

  // Of a layer that gathers statistics of the whole batch:
  void (*gather)(const LayerCall<Scalar>&) = nullptr;
  void (*join)(const double* other, double* statistics) = nullptr;
  void (*remember)(const ChangingCall<Scalar>&, const double* statistics) = nullptr;
  Index statistics_size = 0;
  Index forward_parts = 1;  ///< into which an image can be divided, for several threads

  std::span<const Read> reads = {};
  Index prepared = 0, statistics = 0;  ///< scalars (doubles) of the layers before it
  std::size_t loss_part = 0;           ///< of its own loss
};

/// The scalars of value v, or gradient v, of a workspace: lines without gaps, between which borders may lie.
struct Lines {
  Index begin;             ///< scalars of the workspace before it
  Index origin;            ///< from there to the first line
  Index sample, row_step;  ///< from one sample (one line) to the next
  Index rows, size;        ///< lines of a sample, scalars of a line

  constexpr bool contiguous() const { return sample == rows * size; }
  constexpr Index scalars() const { return rows * size; }  ///< of a sample
};

/// One of the outputs of a network.
struct OutputValue {
  const char* name;  ///< the user's name, or empty
  int value;         ///< of the layer
  int shown;         ///< the value that is returned: the same, or the one before the activation of the layer
};

/// The gradients that are needed: none, those of the parameters, or those of the Inputs, too.
enum class Backward { none, parameters, input };

template <class Scalar>
struct Plan {
  std::span<const LayerFacts> layers;
  std::span<const LayerPasses<Scalar>> passes;
  std::span<const Lines> values, gradients;
  std::span<const OutputValue> outputs;
  /// The first layer of each segment, and the number of layers: a layer that gathers statistics begins a new one.
  std::span<const int> segments;
  Backward backward;
  Index chunk;                              ///< samples that go through the network together, at most
  Index parameters, prepared, statistics;   ///< sizes of the buffers that all layers share
  Index sample, scratch, workspace;         ///< places in a workspace, and its size
  Index largest_output;                     ///< scalars of a sample; there is room for two at `sample`
  std::span<const char* const> loss_parts;  ///< names of the parts of the loss: first that of the targets
  std::size_t penalty_part;                 ///< of the penalties of regularizers
  bool has_penalties;                       ///< on parameters

  int depth() const { return static_cast<int>(passes.size()); }
  int inputs() const { return static_cast<int>(values.size() - passes.size()); }
  const Lines& input(std::size_t i) const { return values[i]; }
  const Lines& output(std::size_t o) const { return values[static_cast<std::size_t>(outputs[o].shown)]; }
  const Lines& output_gradient(std::size_t o) const { return gradients[static_cast<std::size_t>(outputs[o].shown)]; }
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

  /// Copies sample n into its lines, inside the borders, and out of them.
  void set(const Lines& lines, Index n, const Scalar* from) const {
    for (Index row = 0; row < lines.rows; ++row) std::copy_n(from + row * lines.size, lines.size, line(lines, n, row));
  }
  void get(const Lines& lines, Index n, Scalar* to) const {
    for (Index row = 0; row < lines.rows; ++row) std::copy_n(line(lines, n, row), lines.size, to + row * lines.size);
  }
  /// The samples of a call; inputs[i] holds those of its batch for Input i, one after the other.
  void set_inputs(const Call& call, const Scalar* const* inputs) const {
    for (std::size_t i = 0; i < static_cast<std::size_t>(plan_->inputs()); ++i)
      for (Index n = 0; n < call.samples; ++n)
        set(plan_->input(i), n, inputs[i] + call.place(n) * plan_->input(i).scalars());
  }
  /// Value v of the samples of a call to their places in a batch.
  void get_batch(const Lines& lines, const Call& call, Scalar* batch) const {
    for (Index n = 0; n < call.samples; ++n) get(lines, n, batch + call.place(n) * lines.scalars());
  }

  /// Output o of sample n, in order: where it lies, or copied, if there are borders.
  Scalar* output(std::size_t o, Index n) const {
    const Lines& lines = plan_->output(o);
    if (lines.contiguous()) return line(lines, n, 0);
    Scalar* const copy = begin() + plan_->sample;
    get(lines, n, copy);
    return copy;
  }
  /// Where to put the gradient of that sample; then it has to be `kept`.
  Scalar* output_gradient(std::size_t o, Index n) const {
    const Lines& lines = plan_->output_gradient(o);
    return lines.contiguous() ? line(lines, n, 0) : begin() + plan_->sample + aligned<Scalar>(plan_->largest_output);
  }
  void keep_gradient(std::size_t o, Index n, const Scalar* gradient) const {
    const Lines& lines = plan_->output_gradient(o);
    if (!lines.contiguous()) set(lines, n, gradient);
  }

  void fill(const Lines& lines, Index samples, Scalar value) const {
    for_lines(lines, samples, [&](Index, Scalar* line, Index count) { std::fill_n(line, count, value); });
  }
  /// For tests: NaN everywhere but in the borders, so that a value that is read before it is written shows.
  void fill_with_nan() const {
    for (const auto& table : {plan_->values, plan_->gradients})
      for (const Lines& lines : table)
        for_lines(lines, plan_->chunk, [&](Index, Scalar* line, Index count) {
          std::memset(line, 0xFF, static_cast<std::size_t>(count) * sizeof(Scalar));  // all bits 1: a NaN
        });
  }
  /// After that, the first value or gradient of which a sample beyond `samples` has been written, or -1.
  int written_beyond(Index samples) const {
    for (const auto& table : {plan_->values, plan_->gradients})
      for (std::size_t v = 0; v < table.size(); ++v)
        for (Index n = samples; n < plan_->chunk; ++n)
          for (Index row = 0; row < table[v].rows; ++row)
            for (Index k = 0; k < table[v].size; ++k)
              if (line(table[v], n, row)[k] == line(table[v], n, row)[k]) return static_cast<int>(v);
    return -1;
  }

 private:
  const Plan<Scalar>* plan_;
  // The zeros of the borders stay; nothing else is read before it is written.
  std::shared_ptr<Scalar[]> memory_;
};

}  // namespace latent::engine
