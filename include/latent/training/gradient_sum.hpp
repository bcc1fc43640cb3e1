/// The sum of the gradients of all lanes, which may have been computed by several learners.
#pragma once

#include "latent/core/team.hpp"
#include "latent/models/company.hpp"

namespace latent::engine {

LATENT_COMPILED_ONCE_BEGIN
/// In a company of P learners, each adds the gradients of one P-th of the parameters for all:
///
///     my lanes         neighbours in the tree of lanes are added: nodes
///     all to all       learner r gets part r of all nodes, and adds them
///     gather           all learners get the P sums
///
/// So a learner sends and receives about twice the bytes of all parameters, however many learners there are. R. Rabenseifner,
/// "Optimization of collective reduction operations", 2004, but with the same bits for any number of learners.
template <class Scalar>
class GradientSum {
 public:
  /// For gradients of `size` scalars.
  GradientSum(Company& company, Index size) : company_(company), size_(size) {
    for (int r = 0; r <= learners(); ++r) part_.push_back(size * r / learners());
  }

  /// Before a step.
  void begin(Index lanes) {
    if (lanes == lanes_) return;
    lanes_ = lanes;
    nodes_.clear(), sent_bytes_.clear(), received_bytes_.clear(), gathered_bytes_.clear();
    const Index part = size_of(company_.rank());
    for (int r = 0; r < learners(); ++r) {
      const std::vector<LaneNode> nodes = nodes_of(company_.lanes_of(r, lanes), lanes);
      if (r == company_.rank()) mine_ = nodes;
      nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
      received_bytes_.push_back(bytes(static_cast<Index>(nodes.size()) * part));
      gathered_bytes_.push_back(bytes(size_of(r)));
    }
    for (int r = 0; r < learners(); ++r) sent_bytes_.push_back(bytes(static_cast<Index>(mine_.size()) * size_of(r)));
    sent_.resize(mine_.size() * static_cast<std::size_t>(size_));
    received_.resize(nodes_.size() * static_cast<std::size_t>(part));
  }

  /// Row 0 of `rows` becomes the sum; row i is that of my lane i.
  void add(Scalar* rows, int team) {
    const int me = company_.rank();
    const Index part = size_of(me);
    const Lanes lanes = company_.lanes_of(me, lanes_);
    constexpr Index piece = 4096;  // scalars for a thread at a time
    for (int r = 0; r < learners(); ++r) {
      Scalar* const to = sent_.data() + static_cast<Index>(mine_.size()) * begin_of(r);
      share_out_blocks(team, size_of(r), piece, [&](Index first, Index last) {
        const Index count = last - first;
        for (std::size_t k = 0; k < mine_.size(); ++k) {
          const Index row = mine_[k].first - lanes.first;
          const Index end = k + 1 < mine_.size() ? mine_[k + 1].first - lanes.first : lanes.size();
          Scalar* const sum = rows + row * size_ + begin_of(r) + first;
          add_lanes(sum, size_, end - row, count);
          std::copy_n(sum, count, to + static_cast<Index>(k) * size_of(r) + first);
        }
      });
    }
    company_.all_to_all(as_bytes(sent_.data()), sent_bytes_, as_bytes(received_.data()), received_bytes_);
    share_out_blocks(team, part, piece, [&](Index first, Index last) {
      const Index count = last - first;
      add_nodes(
          received_.data() + first, part, static_cast<Index>(nodes_.size()),
          [&](Index i) { return nodes_[static_cast<std::size_t>(i)].level; }, count);
      std::copy_n(received_.data() + first, count, rows + begin_of(me) + first);
    });
    company_.gather(as_bytes(rows), gathered_bytes_);
  }

 private:
  int learners() const { return company_.size(); }
  Index begin_of(int learner) const { return part_[static_cast<std::size_t>(learner)]; }
  Index size_of(int learner) const { return begin_of(learner + 1) - begin_of(learner); }
  static std::size_t bytes(Index scalars) { return static_cast<std::size_t>(scalars) * sizeof(Scalar); }
  static std::byte* as_bytes(Scalar* scalars) { return reinterpret_cast<std::byte*>(scalars); }

  Company& company_;
  Index size_, lanes_ = -1;
  std::vector<Index> part_;  // where the part of each learner begins, and the end
  std::vector<LaneNode> mine_, nodes_;
  std::vector<Scalar> sent_, received_;
  std::vector<std::size_t> sent_bytes_, received_bytes_, gathered_bytes_;
};
LATENT_COMPILED_ONCE_END

}  // namespace latent::engine
