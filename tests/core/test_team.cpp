#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <stdexcept>

#include "latent/core/team.hpp"

using namespace latent;

#ifdef __linux__
namespace {
/// The threads of this process.
std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}
}  // namespace
#endif

TEST_CASE("every piece of work is done once, by a thread of the team") {
  for (const int threads : {1, 2, 3, 5, 16, 2})  // of a team that has more by then, only two
    for (const Index pieces : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> times(static_cast<std::size_t>(pieces));
      std::atomic<bool> known = true;
      share_out(threads, pieces, [&](Index piece, int thread) {
        ++times[static_cast<std::size_t>(piece)];
        if (thread < 0 || thread >= threads) known = false;
      });
      CAPTURE(threads);
      CAPTURE(pieces);
      CHECK(std::all_of(times.begin(), times.end(), [](const auto& n) { return n == 1; }));
      CHECK(known);
    }
}

TEST_CASE("blocks of neighbours, the last one shorter, none of them empty") {
  using Blocks = std::vector<std::pair<Index, Index>>;
  const auto blocks = [](Index count) {
    Blocks all;
    share_out_blocks(1, count, 16, [&](Index first, Index end) { all.emplace_back(first, end); });
    return all;
  };
  CHECK(blocks(0).empty());
  CHECK(blocks(1) == Blocks{{0, 1}});
  CHECK(blocks(16) == Blocks{{0, 16}});
  CHECK(blocks(17) == Blocks{{0, 16}, {16, 17}});
  CHECK(blocks(33) == Blocks{{0, 16}, {16, 32}, {32, 33}});
}

TEST_CASE("what the threads have written is seen after the call, call after call") {
  // More rounds than the team counts before it begins again.
  std::vector<Index> numbers(8);
  share_out(3, 3, [](Index, int) {});
#ifdef __linux__
  const std::ptrdiff_t helped = threads();
#endif
  for (Index round = 0; round < 70'000; ++round) {
    share_out(2 + static_cast<int>(round % 2), 8,
              [&](Index piece, int) { numbers[static_cast<std::size_t>(piece)] += 1; });
    if (std::accumulate(numbers.begin(), numbers.end(), Index{0}) != 8 * (round + 1)) {
      CHECK(round < 0);
      return;
    }
  }
#ifdef __linux__
  CHECK(threads() == helped);  // nobody has taken a round for his dismissal
#endif
}

TEST_CASE("no two threads at a time have one number") {
  std::vector<std::atomic<int>> inside(5);
  std::atomic<bool> alone = true;
  for (int round = 0; round < 200; ++round)
    share_out(5, 20, [&](Index, int thread) {
      auto& here = inside[static_cast<std::size_t>(thread)];
      if (++here != 1) alone = false;
      --here;
    });
  CHECK(alone);
}

TEST_CASE("each thread begins with a block of neighbouring pieces, the same in every call") {
  for (const int threads : {2, 3})
    for (int round = 0; round < 3; ++round) {
      std::vector<std::atomic<Index>> first(static_cast<std::size_t>(threads));
      for (auto& piece : first) piece = -1;
      std::atomic<int> begun = 0;
      share_out(threads, 7, [&](Index piece, int thread) {
        Index none = -1;
        if (!first[static_cast<std::size_t>(thread)].compare_exchange_strong(none, piece)) return;
        ++begun;  // the first piece of each thread waits for the others
        for (int i = 0; i < 500 && begun < threads; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      });
      for (int thread = 0; thread < threads; ++thread)
        CHECK(first[static_cast<std::size_t>(thread)] == 7 * thread / threads);
    }
}

TEST_CASE("what is thrown goes to whoever has called, and the team works on") {
  for (const int threads : {1, 2, 5})
    for (const Index bad : {0, 7, 15}) {
      const auto work = [&](Index piece, int) {
        if (piece == bad) throw std::domain_error("a piece that cannot be done");
      };
      CHECK_THROWS_WITH_AS(share_out(threads, 16, work), "a piece that cannot be done", std::domain_error);
      std::atomic<int> done = 0;
      share_out(threads, 16, [&](Index, int) { ++done; });
      CHECK(done == 16);
    }
}

TEST_CASE("work is shared out within a piece, and by several callers at once") {
  std::atomic<int> done = 0;
  const auto call = [&] {
    for (int round = 0; round < 50; ++round)
      share_out(3, 4, [&](Index, int) { share_out(3, 5, [&](Index, int) { ++done; }); });
  };
  std::thread one(call), other(call);
  call();
  one.join(), other.join();
  CHECK(done == 3 * 50 * 4 * 5);
}

#ifdef __linux__
TEST_CASE("work within a piece hires nobody") {
  const std::ptrdiff_t without = threads();
  std::ptrdiff_t before = 0, after = -1;
  std::thread caller([&] {  // with a team of its own, of three
    share_out(3, 3, [](Index, int) {});
    before = threads();
    std::atomic<int> begun = 0;
    share_out(3, 3, [&](Index, int) {
      ++begun;  // each piece waits for the others, so that three threads have one each
      for (int i = 0; i < 500 && begun < 3; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      share_out(5, 5, [](Index, int) {});
    });
    after = threads();
  });
  caller.join();
  CHECK(after == before);
  CHECK(threads() == without);  // the team ends with its caller
}
#endif

TEST_CASE("the processors, and the threads that the environment asks for") {
  CHECK(processors() == static_cast<int>(std::thread::hardware_concurrency()));
  CHECK(latent::detail::this_thread() == 0);
#ifndef _OPENMP
  const char* const before = std::getenv("OMP_NUM_THREADS");
  const std::string kept = before ? before : "";
  for (const auto& [words, number] : {std::pair{"0", processors()},
                                      {"-1", processors()},
                                      {"1", 1},
                                      {"7", 7},
                                      {"1024", 1024},
                                      {"1025", processors()},
                                      {"many", processors()}}) {
    setenv("OMP_NUM_THREADS", words, 1);
    CHECK(latent::detail::threads_of_environment() == number);
  }
  unsetenv("OMP_NUM_THREADS");
  CHECK(latent::detail::threads_of_environment() == processors());
  if (before) setenv("OMP_NUM_THREADS", kept.c_str(), 1);
#endif
}

TEST_CASE("a thousand threads are not started") {
  CHECK(team_size(1, "test") == 1);
  CHECK(team_size(16, "test") == 16);
  const int offered = team_size(0, "test");
  set_threads(1024);
  CHECK_THROWS_WITH_AS(set_threads(1025), "set_threads: threads is within 1..1024, received 1025",
                       std::invalid_argument);
  set_threads(1);
  CHECK(team_size(0, "test") == 1);
  set_threads(3);
  CHECK(team_size(0, "test") == 3);
  CHECK_THROWS_WITH_AS(set_threads(0), "set_threads: threads is within 1..1024, received 0", std::invalid_argument);
  set_threads(offered);
  CHECK(team_size(1000, "test") == std::max(16, 2 * processors()));
  CHECK_THROWS_WITH_AS(team_size(1025, "test"), "test: threads is within 0..1024, received 1025",
                       std::invalid_argument);
}

#ifdef __linux__
TEST_CASE("a helper has to move if the caller or a helper before it has its processor") {
  const auto moves = [](int here, const std::vector<int>& places) {
    std::string words;
    for (int h = 0; h < static_cast<int>(places.size()); ++h)
      words +=
          detail::shares_a_processor(h, here, [&](int k) { return places[static_cast<std::size_t>(k)]; }) ? "1" : "0";
    return words;
  };
  CHECK(moves(0, {1, 2, 3}) == "000");
  CHECK(moves(1, {1, 2, 3}) == "100");
  CHECK(moves(3, {1, 2, 3}) == "001");
  CHECK(moves(0, {1, 2, 1}) == "001");
  CHECK(moves(0, {2, 2, 2}) == "011");
  CHECK(moves(0, {0, 1, 0, 1}) == "1011");
  CHECK(moves(0, {-1, -1, 1}) == "000");  // of which it is not known yet
  CHECK(moves(-1, {-1, 0}) == "00");
}
#endif
