// The tree of lanes: the sum of its definition, to the last bit, however many lanes there are and however they are divided.
#include <doctest/doctest.h>

#include <latent/core/random.hpp>
#include <latent/models/company.hpp>

using namespace latent;
using namespace latent::engine;

namespace {

constexpr Index width = 37;  // whole vectors and a rest

std::vector<float> made_up(Index lanes) {
  std::vector<float> rows(static_cast<std::size_t>(lanes * width));
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = static_cast<float>(Random(Seed{5}, Purpose::test).normal(static_cast<Index>(i)));
  return rows;
}

/// The left half is the largest power of two that leaves something for the right one.
float defined(const std::vector<float>& rows, Index column, Index first, Index end) {
  if (end - first == 1) return rows[static_cast<std::size_t>(first * width + column)];
  Index left = 1;
  while (2 * left < end - first) left *= 2;
  return defined(rows, column, first, first + left) + defined(rows, column, first + left, end);
}

}  // namespace

TEST_CASE("lanes are added as the tree says") {
  for (Index lanes = 1; lanes <= 70; ++lanes) {
    const std::vector<float> rows = made_up(lanes);
    std::vector<float> sum = rows;
    add_lanes(sum.data(), width, lanes, width);
    for (Index c = 0; c < width; ++c) CHECK(sum[static_cast<std::size_t>(c)] == defined(rows, c, 0, lanes));
  }
}

TEST_CASE("parts of the tree that are added elsewhere come to the same bits") {
  for (const Index lanes : {5, 8, 13, 16, 27})
    for (Index learners = 1; learners <= lanes; ++learners) {
      std::vector<float> rows = made_up(lanes), nodes;
      std::vector<int> levels;
      const float expected = defined(rows, 3, 0, lanes);
      for (Index r = 0; r < learners; ++r) {
        const Lanes own{lanes * r / learners, lanes * (r + 1) / learners};
        const std::vector<LaneNode> mine = nodes_of(own, lanes);
        for (std::size_t k = 0; k < mine.size(); ++k) {
          const Index end = k + 1 < mine.size() ? mine[k + 1].first : own.end;
          float* const row = rows.data() + mine[k].first * width;
          add_lanes(row, width, end - mine[k].first, width);
          nodes.insert(nodes.end(), row, row + width);
          levels.push_back(mine[k].level);
        }
      }
      add_nodes(
          nodes.data(), width, static_cast<Index>(levels.size()),
          [&](Index i) { return levels[static_cast<std::size_t>(i)]; }, width);
      CHECK(nodes[3] == expected);
    }
}
