/// Who lives where in a space of codes: the labels of the nearest neighbours.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent {

/// The most frequent label among the k codes (number, size) that are nearest to a point, and its share of them. Of
/// equally frequent labels the smallest.
struct Neighbourhood {
  int label;
  double share;
  double distance;  ///< to the nearest of them

  /// Throws std::invalid_argument if there are fewer codes than k, or another number of labels.
  Neighbourhood(const Tensor<2>& codes, const std::vector<int>& labels, const float* point, Index k) {
    const Index count = codes.dimension(0), size = codes.dimension(1);
    check(static_cast<Index>(labels.size()) == count, "Neighbourhood: ", count, " codes but ", labels.size(),
          " labels");
    check(k >= 1 && k <= count, "Neighbourhood: expected 1 to ", count, " neighbours, received ", k);
    std::vector<std::pair<double, int>> by_distance;
    for (Index n = 0; n < count; ++n) {
      double square = 0;
      for (Index i = 0; i < size; ++i) square += std::pow(static_cast<double>(codes(n, i) - point[i]), 2);
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

}  // namespace latent
