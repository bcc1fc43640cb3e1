/// Adds the lanes of a training step, as a tree whose shape depends on their number alone. So the sum has the
/// same bits for any division of the work among threads and processes.
///
///     lane   0   1   2   3   4   5   6
///             01      23      45     6
///                0123            456
///                      0123456
#pragma once

#include <algorithm>
#include <bit>
#include <vector>

#include "latent/kernels/math.hpp"

namespace latent::engine {

/// The lanes first, first + 1 ... end - 1.
struct Lanes {
  Index first, end;
  Index size() const { return end - first; }
};

/// A part of the tree: the sum of the lanes first ... first + 2^level - 1, as far as they exist.
struct LaneNode {
  Index first;
  int level;
};

/// The fewest nodes that cover `own`, from left to right.
LATENT_COLD inline std::vector<LaneNode> nodes_of(Lanes own, Index lanes) {
  std::vector<LaneNode> nodes;
  for (Index first = own.first; first < own.end;) {
    int level = 0;
    const auto fits = [&](int l) {  // a node may reach beyond the last lane, where there is nothing to add
      const Index size = Index(1) << l;
      return first % size == 0 && (first + size <= own.end || own.end == lanes) && first + size / 2 < lanes;
    };
    while (fits(level + 1)) ++level;
    nodes.push_back({first, level});
    first += Index(1) << level;
  }
  return nodes;
}

/// The sum of several rows at one place, added in registers.
template <int rows, int L, class Scalar>
simd::Vec<Scalar, L> tree(const Scalar* row, Index stride) {
  if constexpr (rows == 1) {
    return simd::load<L>(row);
  } else {
    constexpr int left = static_cast<int>(std::bit_floor(static_cast<unsigned>(rows - 1)));
    return tree<left, L>(row, stride) + tree<rows - left, L>(row + left * stride, stride);
  }
}

/// Adds rows of `count` numbers each, which lie `stride` apart; the first becomes the sum, the others are overwritten. Row i is a
/// node of level `level(i)`; it waits for a neighbour of its own level, as the digits of a binary counter wait for a carry.
template <class Scalar, class Level>
void add_nodes(Scalar* rows, Index stride, Index nodes, const Level& level, Index count) {
  struct {
    Scalar* row;
    int level;
  } waiting[64];  // 2^64 lanes
  int top = -1;
  const auto join = [&] {
    --top;
    Scalar* const sum = waiting[top].row;
    const Scalar* const right = waiting[top + 1].row;
    simd::for_each_vector<Scalar>(
        count, [&]<int L>(Index i) { simd::store(sum + i, simd::load<L>(sum + i) + simd::load<L>(right + i)); });
    ++waiting[top].level;
  };
  for (Index i = 0; i < nodes; ++i) {
    waiting[++top] = {rows + i * stride, level(i)};
    while (top > 0 && waiting[top - 1].level == waiting[top].level) join();
  }
  while (top > 0) join();
}

/// Adds lanes, a row each, in the same way.
template <class Scalar>
void add_lanes(Scalar* rows, Index stride, Index lanes, Index count) {
  for (Index first = 0; first < lanes; first += 8) {
    Scalar* const row = rows + first * stride;
    const auto add = [&]<int few>() {
      simd::for_each_vector<Scalar>(count,
                                    [&]<int L>(Index i) { simd::store(row + i, tree<few, L>(row + i, stride)); });
    };
    switch (std::min<Index>(8, lanes - first)) {
      case 2: add.template operator()<2>(); break;
      case 3: add.template operator()<3>(); break;
      case 4: add.template operator()<4>(); break;
      case 5: add.template operator()<5>(); break;
      case 6: add.template operator()<6>(); break;
      case 7: add.template operator()<7>(); break;
      case 8: add.template operator()<8>(); break;
      default: break;
    }
  }
  add_nodes(rows, 8 * stride, (lanes + 7) / 8, [](Index) { return 0; }, count);
}

}  // namespace latent::engine
