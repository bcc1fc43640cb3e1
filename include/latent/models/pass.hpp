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

#include "latent/models/network.hpp"

namespace latent {

template <class Network, Index lanes_ = 1>
class Pass {
 public:
  using Scalar = typename Network::Scalar;
  using Workspace = typename Network::Workspace;
  using Losses = typename Network::Losses;
  static constexpr Index lanes = lanes_;

  /// How many samples of a batch go together: the network's chunk at most. A small network's chunks are all of about the
  /// same size, and there are at least four of them (for four threads) unless they would have less than eight samples.
  static Index chunk_of(Index samples) {
    if (Network::chunk <= 4) return Network::chunk;
    const Index fewest = (samples + Network::chunk - 1) / Network::chunk;
    const Index chunks = std::max(fewest, std::min<Index>(4, samples / 8));
    return (samples + chunks - 1) / chunks;
  }

  /// Before a batch, outside of parallel regions: how the network is called, on how many samples, by how many threads.
  void begin(const CallMode& mode, Index samples, int team) {
    mode_ = mode, samples_ = samples;
    chunk_ = chunk_of(samples);
    const auto wanted = static_cast<std::size_t>(segments > 1 ? chunks() : team);
    while (workspaces_.size() < wanted) workspaces_.emplace_back();
    losses_.fill(Losses{});
    lane_statistics_.assign(static_cast<std::size_t>(lanes * Network::statistics_size), 0.0);
    batch_statistics_.resize(static_cast<std::size_t>(Network::statistics_size));
  }
  /// Lanes that get a chunk.
  Index used() const { return std::min(chunks(), lanes); }

  /// Forward and backward. All threads of a team call it together (or one alone), with functions that
  ///     start(lane)             return the gradients to which the lane adds
  ///     input(workspace, call)  put the samples of a chunk into value 0
  ///     loss(workspace, call)   return the sum of the samples' losses, and put their gradients into gradient `depth`
  ///     done(workspace, call)   look at the chunk after its backward pass
  template <class Last, bool WithInputGradient, class Start, class Input, class Loss, class Done>
  void run(const Scalar* parameters, const Scalar* prepared, const Start& start, const Input& input, const Loss& loss,
           const Done& done) {
    forward_but_last<Last>(parameters, prepared, input);
    for_lanes([&](Index lane) {
      gradients_[static_cast<std::size_t>(lane)] = start(lane);
      for_chunks(lane, [&](const Workspace& workspace, const Call& call) {
        if constexpr (segments == 1) input(workspace, call);
        Network::template forward_segment<segments - 1, Last>(parameters, prepared, workspace, call);
        *call.loss += loss(workspace, call);
        Network::template backward_segment<segments - 1, WithInputGradient>(parameters, prepared, workspace, call,
                                                                            gradients_[static_cast<std::size_t>(lane)]);
        if constexpr (segments == 1) done(workspace, call);
      });
    });
    for_segments<segments - 1>([&]<int reverse>() {
      constexpr int segment = segments - 2 - reverse;
      join<segment + 1>();
      for_lanes([&](Index lane) {
        for_chunks(lane, [&](const Workspace& workspace, const Call& call) {
          Network::template backward_segment<segment, WithInputGradient>(parameters, prepared, workspace, call,
                                                                         gradients_[static_cast<std::size_t>(lane)]);
          if constexpr (segment == 0) done(workspace, call);
        });
      });
    });
  }

  /// Forward only: input, then done.
  template <class Last, class Input, class Done>
  void forward(const Scalar* parameters, const Scalar* prepared, const Input& input, const Done& done) {
    forward_but_last<Last>(parameters, prepared, input);
    for_lanes([&](Index lane) {
      for_chunks(lane, [&](const Workspace& workspace, const Call& call) {
        if constexpr (segments == 1) input(workspace, call);
        Network::template forward_segment<segments - 1, Last>(parameters, prepared, workspace, call);
        done(workspace, call);
      });
    });
  }

  /// After a step: layers may keep something of the statistics of its batch in parameters that are not trained.
  void remember(Scalar* parameters) const { Network::remember(parameters, batch_statistics_.data()); }

  /// The parts of the loss, added up over the batch.
  Losses losses() const {
    Losses sums{};
    for (const Losses& lane : losses_)
      for (std::size_t part = 0; part < sums.size(); ++part) sums[part] += lane[part];
    return sums;
  }

 private:
  Index chunks() const { return (samples_ + chunk_ - 1) / chunk_; }

  /// All segments but the last one, forward.
  template <class Last, class Input>
  void forward_but_last(const Scalar* parameters, const Scalar* prepared, const Input& input) {
    for_segments<segments - 1>([&]<int segment>() {
      for_lanes([&](Index lane) {
        for_chunks(lane, [&](const Workspace& workspace, const Call& call) {
          if constexpr (segment == 0) input(workspace, call);
          Network::template forward_segment<segment, Last>(parameters, prepared, workspace, call);
        });
      });
      join<segment + 1>();
    });
  }

  /// Joins what the lanes have gathered for the first layer of a segment.
  template <int segment>
  void join() {
#pragma omp single
    if (mode_.training)
      Network::template join<Network::template segment_begin<segment>()>(lane_statistics_.data(), used(),
                                                                         batch_statistics_.data());
  }

  template <int count, class Visit>
  static void for_segments([[maybe_unused]] const Visit& visit) {
    [&]<int... segment>(std::integer_sequence<int, segment...>) { (visit.template operator()<segment>(), ...); }
    (std::make_integer_sequence<int, count>{});
  }

  /// The threads of the team share the lanes, and wait for each other at the end.
  template <class Visit>
  void for_lanes(const Visit& visit) {
#pragma omp for schedule(dynamic, 1)
    for (Index lane = 0; lane < used(); ++lane) visit(lane);
  }

  template <class Visit>
  void for_chunks(Index lane, const Visit& visit) {
    for (Index chunk = lane; chunk < chunks(); chunk += lanes) {
      const Index first = chunk * chunk_;
      Call call(std::min(chunk_, samples_ - first), mode_);
      call.first = first, call.batch = samples_, call.lane = lane, call.loss = losses_[static_cast<std::size_t>(lane)].data();
      call.lane_statistics = lane_statistics_.data() + lane * Network::statistics_size;
      call.batch_statistics = batch_statistics_.data();
      visit(workspaces_[static_cast<std::size_t>(segments > 1 ? chunk : omp_get_thread_num())], call);
    }
  }

  static constexpr int segments = Network::segments;
  std::vector<Workspace> workspaces_;  // one for each thread; where there are segments, for each chunk
  std::array<Losses, static_cast<std::size_t>(lanes)> losses_{};
  std::array<Scalar*, static_cast<std::size_t>(lanes)> gradients_{};
  std::vector<double> lane_statistics_, batch_statistics_;
  CallMode mode_;
  Index samples_ = 0, chunk_ = 1;
};

}  // namespace latent
