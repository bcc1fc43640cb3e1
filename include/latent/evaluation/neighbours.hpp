/// The labels of the nearest neighbours in a space of codes.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/team.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

/// The most frequent label among the k codes (number, size) that are nearest to a point, and its share of them. Of
/// equally frequent labels the smallest.
struct Neighbourhood {
  int label;        ///< the label that is the most frequent among the neighbours
  double share;     ///< how many of the neighbours have it, 0 to 1
  double distance;  ///< to the nearest of them

  /// `without` is the index of a code that is left out: the point itself, if it is one of the codes. Throws
  /// std::invalid_argument if there are fewer codes than k or another number of labels, and for a number that is infinite
  /// or NaN.
  Neighbourhood(const Tensor<2>& codes, const std::vector<int>& labels, const float* point, Index k,
                Index without = -1) {
    const Index count = codes.dimension(0), size = codes.dimension(1), others = without < 0 ? count : count - 1;
    check(static_cast<Index>(labels.size()) == count, "Neighbourhood: ", count, " codes but ", labels.size(),
          " labels");
    check(k >= 1 && k <= others, "Neighbourhood: expected 1 to ", others, " neighbours, received ", k);
    std::vector<std::pair<double, int>> by_distance;
    for (Index n = 0; n < count; ++n) {
      if (n == without) continue;
      double square = 0;
#pragma omp simd reduction(+ : square)
      for (Index i = 0; i < size; ++i)
        square += std::pow(static_cast<double>(codes(n, i)) - static_cast<double>(point[i]), 2);
      check(std::isfinite(square), "Neighbourhood: expected finite numbers in code ", n, " and in the point");
      by_distance.emplace_back(square, labels[static_cast<std::size_t>(n)]);
    }
    std::partial_sort(by_distance.begin(), by_distance.begin() + k, by_distance.end());
    std::map<int, Index> votes;
    for (Index n = 0; n < k; ++n) ++votes[by_distance[static_cast<std::size_t>(n)].second];
    const auto most =
        std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    label = most->first;
    share = static_cast<double>(most->second) / static_cast<double>(k);
    distance = std::sqrt(by_distance[0].first);
  }
};

/// The share of the codes whose k nearest neighbours among the others have, by their majority, the code's own label:
/// the accuracy of sklearn.neighbors.KNeighborsClassifier(k), leaving one out. Throws std::invalid_argument as
/// Neighbourhood.
inline double neighbour_accuracy(const Tensor<2>& codes, const std::vector<int>& labels, Index k = 10) {
  const Index count = codes.dimension(0);
  check(k >= 1 && k < count, "neighbour_accuracy: expected 1 to ", count - 1, " neighbours of ", count,
        " codes, received ", k);
  check(static_cast<Index>(labels.size()) == count, "neighbour_accuracy: ", count, " codes but ", labels.size(),
        " labels");
  std::atomic<Index> right = 0;
  const int team = team_size(0, "neighbour_accuracy", product_of(3, count, count, codes.dimension(1)));
  share_out(team, count, [&](Index n, int) {
    right += Neighbourhood(codes, labels, &codes(n, 0), k, n).label == labels[static_cast<std::size_t>(n)] ? 1 : 0;
  });
  return static_cast<double>(right) / static_cast<double>(count);
}

}  // namespace latent::evaluation
