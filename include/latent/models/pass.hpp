/// A batch on its way through a network, forward and backward, depth first: a chunk of the batch (network::chunk
/// samples) goes through the whole network while its activations are in the cache, then the next one.
///
///     chunk   0   1   2  ...   7 |  8   9 ...          lane = chunk % 8
///     lane    0   1   2  ...   7 |  0   1 ...          each lane has a gradient buffer of its own
///
/// Chunks of one lane are done in order by one thread, and the lanes are added in order, so every sum is made of the
/// same numbers in the same order: the result has the same bits for any number of threads.
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

  /// Before a batch, outside of parallel regions: how the network is called, on how many samples, by how many threads.
  void begin(const CallMode& mode, Index samples, int team) {
    while (workspaces_.size() < static_cast<std::size_t>(team)) workspaces_.emplace_back();
    mode_ = mode, samples_ = samples;
    losses_.fill(Losses{});
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
#pragma omp for schedule(dynamic, 1)
    for (Index lane = 0; lane < used(); ++lane) {
      Scalar* gradients = start(lane);
      for_chunks(lane, [&](const Workspace& workspace, const Call& call) {
        input(workspace, call);
        Network::template forward<Last>(parameters, prepared, workspace, call);
        *call.loss += loss(workspace, call);
        Network::template backward<WithInputGradient>(parameters, prepared, workspace, call, gradients);
        done(workspace, call);
      });
    }
  }

  /// Forward only: input, then done.
  template <class Last, class Input, class Done>
  void forward(const Scalar* parameters, const Scalar* prepared, const Input& input, const Done& done) {
#pragma omp for schedule(dynamic, 1)
    for (Index lane = 0; lane < used(); ++lane)
      for_chunks(lane, [&](const Workspace& workspace, const Call& call) {
        input(workspace, call);
        Network::template forward<Last>(parameters, prepared, workspace, call);
        done(workspace, call);
      });
  }

  /// The parts of the loss, added up over the batch; what layers add is a mean over the batch.
  Losses losses() const {
    Losses sums{};
    for (const Losses& lane : losses_)
      for (std::size_t part = 0; part < sums.size(); ++part) sums[part] += lane[part];
    for (std::size_t part = 1; part < sums.size(); ++part) sums[part] /= static_cast<double>(samples_);
    return sums;
  }

 private:
  Index chunks() const { return (samples_ + Network::chunk - 1) / Network::chunk; }

  template <class Visit>
  void for_chunks(Index lane, const Visit& visit) {
    const Workspace& workspace = workspaces_[static_cast<std::size_t>(omp_get_thread_num())];
    for (Index chunk = lane; chunk < chunks(); chunk += lanes) {
      const Index first = chunk * Network::chunk;
      Call call(std::min(Network::chunk, samples_ - first), mode_);
      call.first = first, call.batch = samples_, call.loss = losses_[static_cast<std::size_t>(lane)].data();
      visit(workspace, call);
    }
  }

  std::vector<Workspace> workspaces_;  // one for each thread
  std::array<Losses, static_cast<std::size_t>(lanes)> losses_{};
  CallMode mode_;
  Index samples_ = 0;
};

}  // namespace latent
