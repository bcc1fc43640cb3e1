/// Takes a batch through a network, forward and backward, depth first: a chunk of the batch (a few samples) goes
/// through the whole network while its activations are in the cache, then the next one.
///
///     chunk   0   1   2  ...   7 |  8   9 ...          lane = chunk % 8, if there are 8 lanes
///     lane    0   1   2  ...   7 |  0   1 ...          each lane has a gradient buffer of its own
///
/// Chunks of one lane are done in order by one thread, and the lanes are added as a tree (models/lanes.hpp), so every sum is
/// made of the same numbers in the same order: the result has the same bits for any number of threads, and of processes
/// among which the lanes are divided (models/company.hpp). Where nothing is added but a few numbers (predict, evaluate),
/// every chunk has a lane of its own.
///
/// A layer that needs to see the whole batch (BatchNormalization) cuts the network into segments. All chunks go forward
/// through a segment before the first one enters the next, and backward likewise; every chunk then keeps its
/// activations, in a workspace of its own. A network without such a layer is one segment:
///
///     Conv2D  ReLU | BatchNormalization  Conv2D  Sigmoid
///     forward: segment 0 of all chunks, join their statistics; segment 1
///     backward:                                                segment 1 of all chunks, join their sums; segment 0
#pragma once

#include <stdexcept>
#include <vector>

#include "latent/core/team.hpp"
#include "latent/models/chunk.hpp"
#include "latent/models/company.hpp"

namespace latent::engine {

LATENT_COMPILED_ONCE_BEGIN
template <class Scalar>
class Pass {
 public:
  /// `lanes` of 0: one for each chunk. A lane has sums of its own: of the losses of so many outputs, of the parts that the
  /// network adds, and of so many metrics.
  explicit Pass(const Plan<Scalar>& plan, Index lanes = 0, std::size_t losses = 1, std::size_t metrics = 0)
      : plan_(plan), lanes_(lanes), losses_(losses), width_(losses + plan.loss_parts.size() - 1 + metrics) {}

  /// Which layers are trained: a flag for each (models/layer_facts.hpp).
  [[gnu::cold]] void freeze(Frozen frozen) {
    if (!frozen || std::count(frozen, frozen + plan_.depth(), true) == 0) return;
    duties_.assign(plan_.passes.size(), {});
    std::vector<char> wanted(plan_.values.size(), plan_.backward == Backward::input);
    char* gives = wanted.data() + plan_.inputs();
    for (std::size_t i = 0; i < duties_.size(); ++i) {
      const LayerFacts& layer = plan_.layers[i];
      const bool lender = frozen[layer.lender];
      Duty& duty = duties_[i];
      duty.frozen = layer.repeats ? lender : frozen[i];
      duty.learns = !layer.parameters.empty() && !(duty.frozen && lender);
      duty.passes_back = false;
      for (const int v : layer.reads) duty.passes_back |= wanted[static_cast<std::size_t>(v)] != 0;
      *gives++ = duty.learns || duty.passes_back;
    }
  }
  void watch(Watch watch) { watch_ = watch; }
  /// The company that shares the lanes, and the number of lanes; null: none.
  void join(Company* company, Index lanes = 0) { company_ = company, lanes_ = lanes; }

  /// The number of samples in a chunk: at most the network's `chunk`. A small network's chunks are all of about the
  /// same size, and there are at least four of them (for four threads; where there are more than eight lanes, one for each)
  /// unless they would have less than eight samples.
  static Index chunk_of(const Plan<Scalar>& plan, Index samples, Index lanes = 0) {
    if (plan.chunk <= 4) return plan.chunk;
    const Index fewest = (samples + plan.chunk - 1) / plan.chunk;
    const Index chunks = std::max(fewest, std::min<Index>(lanes > 8 ? lanes : 4, samples / 8));
    return (samples + chunks - 1) / chunks;
  }

  /// Prepares for a batch: how the network is called, the number of samples, the largest number of threads. Returns how many threads
  /// there is enough work for, by measured times.
  [[gnu::cold]] int begin(const CallMode& mode, Index samples, int team) {
    mode_ = mode, samples_ = samples;
    chunk_ = chunk_of(plan_, samples, lanes_);
    segments_ = mode.training ? plan_.segments : std::span<const int>{};
    const Index used = lanes();
    mine_ = company_ ? company_->lanes_of(company_->rank(), used) : Lanes{0, used};
    told_ = false;
    const double most = seconds_ * static_cast<double>(samples) / worthwhile;
    team_ = static_cast<int>(std::clamp<Index>(mine_.size(), 1, team));
    if (seconds_ > 0 && most < team_) team_ = std::max(1, static_cast<int>(most));
    const Index of_a_lane = (chunks() + used - 1) / used;
    const auto wanted = static_cast<std::size_t>(segments_.size() > 2 ? mine_.size() * of_a_lane : team_);
    while (workspaces_.size() < wanted) workspaces_.emplace_back(plan_);
    const auto helpers = static_cast<std::size_t>(chunks() == 1 ? std::min<Index>(team, most_parts()) - 1 : 0);
    while (scratches_.size() < helpers) scratches_.push_back(aligned_zeros<Scalar>(plan_.workspace - plan_.scratch));
    helpers_ = helpers;
    gradients_.resize(static_cast<std::size_t>(used));
    sums_.assign(static_cast<std::size_t>(used) * width_, 0.0);
    lane_statistics_.assign(static_cast<std::size_t>(used * plan_.statistics), 0.0);
    batch_statistics_.resize(static_cast<std::size_t>(plan_.statistics));
    return team_;
  }
  /// The number of lanes that get a chunk, and the lanes of this process.
  Index lanes() const { return lanes_ > 0 ? std::min(chunks(), lanes_) : chunks(); }
  Index most_lanes() const { return lanes_; }
  Lanes mine() const { return mine_; }

  /// The work on the chunks of a batch.
  struct Task {
    using Visit = FunctionRef<void(const Chunk<Scalar>&)>;
    FunctionRef<Scalar*(Index)> start = {};  ///< gives the gradients to which a lane adds; for the backward pass
    Visit input;                             ///< puts the samples of a chunk into the values of the Inputs
    /// Adds the losses of a chunk to its sums, and puts their gradients into the gradients of the outputs (those of outputs
    /// without a loss are 0). Without it there is no backward pass.
    Visit loss = {};
    Visit done = {};  ///< is called for each chunk after its last pass
  };

  /// Takes the batch forward and backward. What layers, losses or `task` throw is thrown again; the rest of the batch is left
  /// out then.
  void run(const Scalar* parameters, const Scalar* prepared, const Task& task) {
    const auto start = std::chrono::steady_clock::now();
    const std::size_t last = segments_.empty() ? 0 : segments_.size() - 2;
    const auto first = [&](std::size_t segment) { return segments_.empty() ? 0 : segments_[segment]; };
    const auto end = [&](std::size_t segment) { return segments_.empty() ? plan_.depth() : segments_[segment + 1]; };
    const auto forward = [&](const Chunk<Scalar>& chunk, std::size_t segment) {
      if (segment == 0) {
        task.input(chunk);
        if (watch_) watch_(Stage::input, 0);
      }
      chunk.forward(first(segment), end(segment));
    };
    const auto backward = [&](const Chunk<Scalar>& chunk, std::size_t segment) {
      chunk.backward(first(segment), end(segment), segment == 0);
      if (segment == 0 && task.done) task.done(chunk);
    };
    for (std::size_t segment = 0; segment < last; ++segment) {
      for_chunks(parameters, prepared, {}, [&](const Chunk<Scalar>& chunk) {
        forward(chunk, segment);
        chunk.gather(end(segment));
      });
      join_statistics(end(segment));
    }
    for_chunks(parameters, prepared, task.start, [&](const Chunk<Scalar>& chunk) {
      forward(chunk, last);
      if (task.loss) {
        task.loss(chunk);
        if (watch_) watch_(Stage::loss, 0);
        backward(chunk, last);
      } else if (task.done) {
        task.done(chunk);
      }
    });
    for (std::size_t segment = last; task.loss && segment-- > 0;) {
      join_statistics(end(segment));
      for_chunks(parameters, prepared, {}, [&](const Chunk<Scalar>& chunk) { backward(chunk, segment); });
    }
    failed();  // of the others, too
    kept_.rethrow();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    const double of_sample = taken.count() * team_ / static_cast<double>(samples_);
    seconds_ = seconds_ > 0 ? std::min(seconds_, of_sample) : of_sample;
  }

  /// After a step: layers may store statistics of its batch in parameters that are not trained.
  void remember(Scalar* parameters) const {
    for (std::size_t i = 0; i < plan_.passes.size(); ++i)
      if (const LayerPasses<Scalar>& layer = plan_.passes[i];
          layer.remember && !(!duties_.empty() && duties_[i].frozen)) {
        LayerCall<Scalar> at;
        at.places = plan_.layers[i].places.data();
        layer.remember({at, parameters}, batch_statistics_.data() + layer.statistics);
      }
  }

  /// The sums of a lane, to add to before it starts.
  double* sums_of(Index lane) { return sums_.data() + static_cast<std::size_t>(lane) * width_; }
  /// The sums of the lanes, added up over the batch: of the losses of the outputs, of the network's own, of the metrics.
  std::vector<double> sums() {
    if (company_) company_->gather_rows(sums_.data(), lanes(), width_ * sizeof(double));
    add_lanes(sums_.data(), static_cast<Index>(width_), lanes(), static_cast<Index>(width_));
    return {sums_.begin(), sums_.begin() + static_cast<std::ptrdiff_t>(width_)};
  }

 private:
  /// In a company: whether there was an exception in any of the processes, which ends the step for all. Called before they
  /// exchange anything, so that no process waits for one that has failed.
  bool failed() {
    if (company_ && !told_ && company_->any(kept_.any())) {
      told_ = true;
      kept_.run([] { throw std::runtime_error("the step has failed in another process, whose message says why"); });
    }
    return kept_.any();
  }

  /// No thread is woken for less work than this, in seconds. Waking one takes a tenth of that, and far longer if the cores are busy.
  static constexpr double worthwhile = 50e-6;
  /// The number of parts into which the forward pass of a layer can be divided.
  Index most_parts() const {
    Index most = 1;
    for (const LayerPasses<Scalar>& layer : plan_.passes) most = std::max(most, layer.forward_parts);
    return most;
  }
  Index chunks() const { return (samples_ + chunk_ - 1) / chunk_; }

  /// Joins what the lanes have gathered for layer i, in order.
  void join_statistics(int i) {
    kept_.run([&] {
      if (failed() || (!duties_.empty() && duties_[static_cast<std::size_t>(i)].frozen)) return;
      if (company_)
        company_->gather_rows(lane_statistics_.data(), lanes(),
                              static_cast<std::size_t>(plan_.statistics) * sizeof(double));
      const LayerPasses<Scalar>& layer = plan_.passes[static_cast<std::size_t>(i)];
      double* const joined = batch_statistics_.data() + layer.statistics;
      std::fill_n(joined, layer.statistics_size, 0.0);
      for (Index lane = 0; lane < lanes(); ++lane)
        layer.join(lane_statistics_.data() + lane * plan_.statistics + layer.statistics, joined);
    });
  }

  /// The threads of the team share the lanes, and wait for each other at the end.
  [[gnu::noinline]] void for_chunks(const Scalar* parameters, const Scalar* prepared, FunctionRef<Scalar*(Index)> start,
                                    typename Task::Visit visit) {
    share_out(team_, mine_.size(), [&](Index i, int thread) {
      if (kept_.any()) return;
      kept_.run([&] { lane_chunks(mine_.first + i, thread, parameters, prepared, start, visit); });
    });
  }
  /// The chunks of one lane, in order.
  void lane_chunks(Index lane, int thread, const Scalar* parameters, const Scalar* prepared,
                   FunctionRef<Scalar*(Index)> start, typename Task::Visit visit) {
    Scalar*& gradients = gradients_[static_cast<std::size_t>(lane)];
    if (start) gradients = start(lane);
    for (Index chunk = lane; chunk < chunks(); chunk += lanes()) {
      const Index first = chunk * chunk_;
      Call call(std::min(chunk_, samples_ - first), mode_);
      call.first = first, call.batch = samples_, call.lane = lane;
      double* const sums = sums_of(lane);
      call.loss = sums + losses_ - 1;  // part 0 of a network's losses is that of the targets
      call.lane_statistics = lane_statistics_.data() + lane * plan_.statistics;
      call.batch_statistics = batch_statistics_.data();
      const Index workspace =
          segments_.size() > 2 ? chunk / lanes() * mine_.size() + lane - mine_.first : static_cast<Index>(thread);
      visit({plan_, parameters, prepared, workspaces_[static_cast<std::size_t>(workspace)], call, sums, gradients,
             duties_.empty() ? nullptr : duties_.data(), watch_, std::span(scratches_).first(helpers_)});
    }
  }

  const Plan<Scalar>& plan_;
  Index lanes_;
  std::size_t losses_, width_;
  std::span<const int> segments_;
  std::vector<Workspace<Scalar>> workspaces_;  // one for each thread; where there are segments, for each chunk
  std::vector<double> sums_;                   // of each lane
  std::vector<Scalar*> gradients_;             // of each lane
  std::vector<double> lane_statistics_, batch_statistics_;
  std::vector<Duty> duties_;  // empty: nothing is frozen
  Watch watch_;
  Kept kept_;
  Company* company_ = nullptr;
  bool told_ = false;  // that a step has failed, by the others or to them
  Lanes mine_{0, 0};
  CallMode mode_;
  Index samples_ = 0, chunk_ = 1;
  int team_ = 1;
  double seconds_ = 0;                                // that a sample has taken a core, at least; 0: none has yet
  std::vector<std::shared_ptr<Scalar[]>> scratches_;  // of threads that help with each layer of a single chunk
  std::size_t helpers_ = 0;                           // of those, now
};
LATENT_COMPILED_ONCE_END

}  // namespace latent::engine
