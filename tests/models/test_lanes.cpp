// The tree of lanes: the sum of its definition, to the last bit, however many lanes there are and however they are divided.
#include <doctest/doctest.h>

#include <latent/core/random.hpp>
#include <latent/models/company.hpp>
#include <span>

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

namespace {

/// The nodes by their definition: from the root downwards, the largest of which all lanes that exist are one's own, as low
/// as they can be.
void add_cover(std::vector<std::pair<Index, int>>& nodes, Index first, int level, Lanes own, Index lanes) {
  const Index end = std::min(first + (Index{1} << level), lanes);
  if (first >= own.end || end <= own.first || first >= lanes) return;
  if (first >= own.first && end <= own.end) {
    while (level > 0 && first + (Index{1} << (level - 1)) >= lanes) --level;
    nodes.emplace_back(first, level);
    return;
  }
  add_cover(nodes, first, level - 1, own, lanes);
  add_cover(nodes, first + (Index{1} << (level - 1)), level - 1, own, lanes);
}

/// Learner `number` of several whose words are all known: fills in those of the others.
struct Known : Company {
  std::size_t number;
  std::vector<std::string> words;
  int calls = 0;

  Known(std::size_t who, std::vector<std::string> all) : number(who), words(std::move(all)) {}
  int rank() const override { return static_cast<int>(number); }
  int size() const override { return static_cast<int>(words.size()); }
  void gather(std::byte* all, std::span<const std::size_t> bytes) override {
    REQUIRE(bytes.size() == words.size());
    for (std::size_t r = 0; r < words.size(); all += bytes[r++]) {
      const std::size_t length = words[r].size();
      const std::string part =
          calls == 0 ? std::string(reinterpret_cast<const char*>(&length), sizeof length) : words[r];
      REQUIRE(bytes[r] == part.size());
      const std::string mine(reinterpret_cast<const char*>(all), part.size());
      if (r == number) CHECK(mine == part);  // one's own part lies where it belongs
      std::copy_n(part.data(), part.size(), reinterpret_cast<char*>(all));
    }
    ++calls;
  }
  void all_to_all(const std::byte*, std::span<const std::size_t>, std::byte*, std::span<const std::size_t>) override {}
  bool any(bool mine) override { return mine; }
};

}  // namespace

TEST_CASE("the fewest nodes that cover some lanes") {
  for (Index lanes = 1; lanes <= 20; ++lanes)
    for (Index first = 0; first < lanes; ++first)
      for (Index end = first; end <= lanes; ++end) {
        std::vector<std::pair<Index, int>> expected, received;
        add_cover(expected, 0, 5, {first, end}, lanes);
        for (const LaneNode& node : nodes_of({first, end}, lanes)) received.emplace_back(node.first, node.level);
        if (first == end) expected.clear();
        CAPTURE(lanes);
        CAPTURE(first);
        CAPTURE(end);
        CHECK((received == expected));
      }
}

TEST_CASE("rows of which only a part is added: the numbers behind it stay") {
  for (const Index lanes : {1, 2, 7, 8, 9, 19}) {
    const std::vector<float> rows = made_up(lanes);
    std::vector<float> sum = rows;
    add_lanes(sum.data() + 3, width, lanes, 21);
    for (Index c = 0; c < 3; ++c) CHECK(sum[static_cast<std::size_t>(c)] == rows[static_cast<std::size_t>(c)]);
    for (Index c = 3; c < 24; ++c) CHECK(sum[static_cast<std::size_t>(c)] == defined(rows, c, 0, lanes));
    for (Index c = 24; c < width; ++c) CHECK(sum[static_cast<std::size_t>(c)] == rows[static_cast<std::size_t>(c)]);
  }
}

TEST_CASE("learners share the lanes, and hear each other's words") {
  const std::vector<std::string> words{"a\nb\n", "", "longer than\nthe others\n"};
  for (std::size_t r = 0; r < 3; ++r) CHECK(Known(r, words).gather_texts(words[r]) == words);
  const Known three(0, words);
  Index next = 0;
  for (int r = 0; r < 3; ++r) {
    const Lanes own = three.lanes_of(r, 8);
    CHECK(own.first == next);
    CHECK(own.size() == (r == 0 ? 2 : 3));
    next = own.end;
  }
  CHECK(next == 8);
  Known rows(1, {std::string(2 * 4, 'a'), std::string(3 * 4, 'b'), std::string(3 * 4, 'c')});
  rows.calls = 1;
  std::string all = std::string(8, '-') + std::string(12, 'b') + std::string(12, '-');
  rows.gather_rows(all.data(), 8, 4);
  CHECK(all == "aaaaaaaabbbbbbbbbbbbcccccccccccc");
  using Texts = std::vector<std::string>;
  CHECK(engine::detail::lines("").empty());
  CHECK(engine::detail::lines("a\n\nbc\nrest") == Texts{"a", "", "bc"});
  Known same(1, {"a\nb\n", "a\nb\n"});
  CHECK_NOTHROW(check_same(same, {"a", "b"}));
  Known other(0, {"a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\n", "a\nb\n", "a\nb\nc\nd\n"});
  CHECK_THROWS_WITH_AS(check_same(other, {"a", "b", "c"}),
                       "fit: the processes do not train the same:\n  process 0 has b\n  process 1 has B"
                       "\n  process 0 has c\n  process 3 has nothing\n  process 0 has nothing\n  process 4 has d",
                       std::runtime_error);
  Known first(0, {"a\n", "b\n"});
  CHECK_THROWS_WITH_AS(check_same(first, {"a"}),
                       "fit: the processes do not train the same:\n  process 0 has a\n  process 1 has b",
                       std::runtime_error);
  CHECK(company() == nullptr);
}
