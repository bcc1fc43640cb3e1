/// Trustworthiness: whether neighbours in a picture in the plane are neighbours among the original samples.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "latent/evaluation/distances.hpp"

namespace latent::evaluation {

/// The trustworthiness of `low` (samples, 2 say) as a picture of `high` (samples, features), 0 to 1:
///
///     1 - 2 / (n k (2n - 3k - 1)) sum_i sum_(j among the k nearest of i in low) max(0, r(i, j) - k)
///
/// n the number of samples, k `neighbours`, and r(i, j) = 1, 2, ... the rank of j among the samples by their distance
/// from i in `high`: a sample that is shown near without being near costs more, the farther away it is. (Equally far samples
/// share the best of their ranks.) As sklearn.manifold.trustworthiness. Throws std::invalid_argument for different
/// numbers of samples, numbers that are not finite, and unless 1 <= k < n / 2.
/// J. Venna, S. Kaski, "Neighborhood preservation in nonlinear projection methods", 2001.
/// https://scikit-learn.org/stable/modules/generated/sklearn.manifold.trustworthiness.html
template <class High, class Low>
double trustworthiness(const Tensor<2, High>& high, const Tensor<2, Low>& low, Index neighbours = 5, int threads = 0) {
  const Index count = high.dimension(0), k = neighbours;
  check(low.dimension(0) == count, "trustworthiness: ", count, " samples but ", low.dimension(0), " in the plane");
  check(k >= 1 && 2 * k < count, "trustworthiness: expected 1 neighbour to less than half of ", count,
        " samples, received ", k);
  const Tensor<2, High> truth = squared_distances(detail::in_range(high, "trustworthiness"), threads);
  const Tensor<2, Low> shown = squared_distances(detail::in_range(low, "trustworthiness"), threads);

  std::atomic<Index> excess = 0;  // of the ranks over k: whole numbers, whose sum does not depend on the order
  const int team = team_size(threads, "trustworthiness", product_of(k + 10, count, count));
  share_out(team, count, [&](Index i, int) {
    std::vector<Index> others(static_cast<std::size_t>(count));
    std::iota(others.begin(), others.end(), Index{0});
    others.erase(others.begin() + i);
    std::partial_sort(others.begin(), others.begin() + k, others.end(), [&](Index a, Index b) {
      return shown(i, a) < shown(i, b) || (shown(i, a) == shown(i, b) && a < b);
    });
    for (const Index j : std::vector<Index>(others.begin(), others.begin() + k)) {
      Index rank = 1;
      for (const Index other : others) rank += truth(i, other) < truth(i, j) ? 1 : 0;
      excess += std::max<Index>(0, rank - k);
    }
  });
  const auto n = static_cast<double>(count), share = static_cast<double>(k);
  return 1 - 2 * static_cast<double>(excess) / (n * share * (2 * n - 3 * share - 1));
}

}  // namespace latent::evaluation
