/// A batch on its way through a network, forward and backward, depth first: a chunk of the batch (a few samples) goes
/// through the whole network while its activations are in the cache, then the next one.
///
///     chunk   0   1   2  ...   7 |  8   9 ...          lane = chunk % 8
///     lane    0   1   2  ...   7 |  0   1 ...          each lane has a gradient buffer of its own
///
/// Chunks of one lane are done in order by one thread, and the lanes are added in order, so every sum is made of the
/// same numbers in the same order: the result has the same bits for any number of threads.
///
/// A layer that needs to see the whole batch (BatchNormalization) cuts the network into segments. All chunks go forward
/// through a segment before the first one enters the next, and backward likewise; every chunk then keeps its
/// activations, in a workspace of its own. A network without such a layer is one segment:
///
///     Conv2D  ReLU | BatchNormalization  Conv2D  Sigmoid
///     forward: segment 0 of all chunks, join their statistics; segment 1
///     backward:                                                segment 1 of all chunks, join their sums; segment 0
#pragma once

#include <vector>

#include "latent/core/function_ref.hpp"
#include "latent/core/threads.hpp"
#include "latent/models/chunk.hpp"

namespace latent::detail {

template <class Scalar>
class Pass {
 public:
  explicit Pass(const Plan<Scalar>& plan, Index lanes = 1)
      : plan_(plan), lanes_(lanes), segments_(plan.segments.size() - 1), gradients_(static_cast<std::size_t>(lanes)) {}

  /// How many samples of a batch go together: the network's chunk at most. A small network's chunks are all of about the
  /// same size, and there are at least four of them (for four threads) unless they would have less than eight samples.
  static Index chunk_of(const Plan<Scalar>& plan, Index samples) {
    if (plan.chunk <= 4) return plan.chunk;
    const Index fewest = (samples + plan.chunk - 1) / plan.chunk;
    const Index chunks = std::max(fewest, std::min<Index>(4, samples / 8));
    return (samples + chunks - 1) / chunks;
  }

  /// Before a batch, outside of parallel regions: how the network is called, on how many samples, by how many threads.
  [[gnu::cold]] void begin(const CallMode& mode, Index samples, int team) {
    mode_ = mode, samples_ = samples;
    chunk_ = chunk_of(plan_, samples);
    const auto wanted = static_cast<std::size_t>(segments_ > 1 ? chunks() : team);
    while (workspaces_.size() < wanted) workspaces_.emplace_back(plan_);
    losses_.assign(static_cast<std::size_t>(lanes_) * plan_.loss_parts.size(), 0.0);
    lane_statistics_.assign(static_cast<std::size_t>(lanes_ * plan_.statistics), 0.0);
    batch_statistics_.resize(static_cast<std::size_t>(plan_.statistics));
  }
  /// Lanes that get a chunk.
  Index used() const { return std::min(chunks(), lanes_); }

  /// What to do with the chunks of a batch.
  struct Task {
    using Visit = FunctionRef<void(const Chunk<Scalar>&)>;
    FunctionRef<Scalar*(Index)> start = {};  ///< gives the gradients to which a lane adds; for the backward pass
    Visit input;                             ///< puts the samples of a chunk into value 0
    /// Puts the gradients of the samples' losses, with respect to the last layer's result before its activation, into the
    /// last gradient, and returns the sum of the losses. Without it there is no backward pass.
    FunctionRef<double(const Chunk<Scalar>&)> loss = {};
    Visit done = {};  ///< looks at the chunk after its last pass
  };

  /// Takes the batch forward and backward. All threads of a team call it together (or one alone).
  void run(const Scalar* parameters, const Scalar* prepared, const Task& task) {
    const std::size_t last = segments_ - 1;
    const auto forward = [&](const Chunk<Scalar>& chunk, std::size_t segment) {
      if (segment == 0) task.input(chunk);
      chunk.forward_segment(segment);
    };
    const auto backward = [&](const Chunk<Scalar>& chunk, std::size_t segment) {
      chunk.backward_segment(segment);
      if (segment == 0 && task.done) task.done(chunk);
    };
    for (std::size_t segment = 0; segment < last; ++segment) {
      for_chunks(parameters, prepared, {}, [&](const Chunk<Scalar>& chunk) { forward(chunk, segment); });
      join(segment + 1);
    }
    for_chunks(parameters, prepared, task.start, [&](const Chunk<Scalar>& chunk) {
      forward(chunk, last);
      if (task.loss) {
        *chunk.call.loss += task.loss(chunk);
        backward(chunk, last);
      } else if (task.done) {
        task.done(chunk);
      }
    });
    for (std::size_t segment = last; task.loss && segment-- > 0;) {
      join(segment + 1);
      for_chunks(parameters, prepared, {}, [&](const Chunk<Scalar>& chunk) { backward(chunk, segment); });
    }
  }

  /// After a step: layers may keep something of the statistics of its batch in parameters that are not trained.
  void remember(Scalar* parameters) const {
    for (std::size_t i = 0; i < plan_.passes.size(); ++i)
      if (const LayerPasses<Scalar>& layer = plan_.passes[i]; layer.remember)
        layer.remember(parameters + plan_.layers[i].offset, batch_statistics_.data() + layer.statistics);
  }

  /// The parts of the loss, added up over the batch.
  std::vector<double> losses() const {
    const std::size_t parts = plan_.loss_parts.size();
    std::vector<double> sums(parts);
    for (std::size_t i = 0; i < losses_.size(); ++i) sums[i % parts] += losses_[i];
    return sums;
  }

 private:
  Index chunks() const { return (samples_ + chunk_ - 1) / chunk_; }

  /// Joins what the lanes have gathered for the first layer of a segment, in order.
  void join(std::size_t segment) {
#pragma omp single
    if (mode_.training) {
      const LayerPasses<Scalar>& layer = plan_.passes[static_cast<std::size_t>(plan_.segments[segment])];
      double* const joined = batch_statistics_.data() + layer.statistics;
      std::fill_n(joined, layer.statistics_size, 0.0);
      for (Index lane = 0; lane < used(); ++lane)
        layer.join(lane_statistics_.data() + lane * plan_.statistics + layer.statistics, joined);
    }
  }

  /// The threads of the team share the lanes, and wait for each other at the end.
  void for_chunks(const Scalar* parameters, const Scalar* prepared, FunctionRef<Scalar*(Index)> start,
                  typename Task::Visit visit) {
#pragma omp for schedule(dynamic, 1)
    for (Index lane = 0; lane < used(); ++lane) {
      Scalar*& gradients = gradients_[static_cast<std::size_t>(lane)];
      if (start) gradients = start(lane);
      for (Index chunk = lane; chunk < chunks(); chunk += lanes_) {
        const Index first = chunk * chunk_;
        Call call(std::min(chunk_, samples_ - first), mode_);
        call.first = first, call.batch = samples_, call.lane = lane;
        call.loss = losses_.data() + static_cast<std::size_t>(lane) * plan_.loss_parts.size();
        call.lane_statistics = lane_statistics_.data() + lane * plan_.statistics;
        call.batch_statistics = batch_statistics_.data();
        visit({plan_, parameters, prepared,
               workspaces_[static_cast<std::size_t>(segments_ > 1 ? chunk : omp_get_thread_num())], call, gradients});
      }
    }
  }

  const Plan<Scalar>& plan_;
  Index lanes_;
  std::size_t segments_;
  std::vector<Workspace<Scalar>> workspaces_;  // one for each thread; where there are segments, for each chunk
  std::vector<double> losses_;                 // of each lane
  std::vector<Scalar*> gradients_;             // of each lane
  std::vector<double> lane_statistics_, batch_statistics_;
  CallMode mode_;
  Index samples_ = 0, chunk_ = 1;
};

}  // namespace latent::detail
