/// A team of threads that share numbered pieces of work: the calling thread, and helpers that wait for its calls.
///
/// The caller does not wait for helpers to arrive. It begins at once and takes all pieces that are left; at the end it waits
/// only for pieces that a helper has begun. So a busy processor costs little: if a helper
/// gets no core, the caller does its work. The threads of an OpenMP team start and end each loop together, and spin
/// while they wait. That takes time from other processes, and from the thread that they wait for.
///
///     gate   round, 16 bits | open | helpers inside, 15 bits
///
///     caller   describes the work, opens the gate, calls the helpers, works, closes the gate, waits until nobody is inside
///     helper   hears its call; if the gate is still open for that round, goes inside, works, leaves
///
/// The description changes only while the gate is closed and nobody is inside.
///
/// Systems tend to wake a thread on its caller's processor, where it has to wait, and may leave it there for
/// seconds although another processor is idle. A helper that last ran where another thread of its team works is moved.
#pragma once

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

#include "latent/core/compiler.hpp"

#if LATENT_HAS_THREADS
#include <chrono>
#include <cstdint>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>
#endif

#include "latent/core/function_ref.hpp"
#include "latent/core/tensor.hpp"
#include "latent/core/threads.hpp"

namespace latent {

namespace detail {
inline constexpr int nowhere = -1;  // a processor that is not known
/// Whether a helper last ran on the caller's processor, `here`, or on that of a helper before it.
template <class PlaceOf>
bool shares_a_processor(int helper, int here, const PlaceOf& place_of) {
  const int at = place_of(helper);
  bool taken = at == here;
  for (int other = 0; other < helper; ++other) taken |= at == place_of(other);
  return taken && at != nowhere;
}
}  // namespace detail

#if LATENT_HAS_THREADS

class Team {
 public:
  /// Does one piece of work; `thread` is below the number of threads and unique among concurrent calls.
  using Work = FunctionRef<void(Index piece, int thread)>;

  Team() = default;
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  [[gnu::cold]] ~Team() {
    for (auto& helper : helpers_) {
      if (threads_are_lost()) {  // in a child of fork() there is nobody to join
        helper.release();        // NOLINT: its std::thread must not be destroyed
        continue;
      }
      helper->call_in(dismissed);
      helper->thread.join();
    }
  }

  /// The team of the calling thread. Helpers are started when they are first needed, and end with that thread.
  static Team& mine() {
    thread_local Team team;
    return team;
  }

  /// Calls work(piece, thread) for each piece, on at most `threads` threads, and returns when all are done. A thread
  /// begins with a block of neighbouring pieces, the same in every call, and then takes pieces of other threads. Nested
  /// calls within a piece run on one thread. An exception of `work` is rethrown, the first if there are several.
  void share_out(int threads, Index pieces, Work work) {
    threads = static_cast<int>(std::min<Index>(threads, pieces));
    if (!working_) threads = 1 + hired(threads - 1);
    if (threads <= 1 || working_) {
      for (Index piece = 0; piece < pieces; ++piece) work(piece, 0);
      return;
    }
    working_ = true;
    work_ = work, threads_ = threads;
    for (int t = 0; t < threads; ++t) {
      range(t).next.store(pieces * t / threads, std::memory_order_relaxed);
      range(t).end = pieces * (t + 1) / threads;
    }
    const bool room = threads <= processors_;
    patience_ = std::chrono::microseconds(room ? 200 : 0);
    if (room) spread(threads - 1);
    round_ = round_ % 0xffff + 1;
    gate_.store(round_ << 16 | open, std::memory_order_release);
    for (int t = 1; t < threads; ++t) helpers_[static_cast<std::size_t>(t) - 1]->call_in(round_);
    kept_.run([&] { take_pieces(0); });
    if (inside(gate_.fetch_and(~open, std::memory_order_acq_rel)) > 0) wait_for_helpers();
    working_ = false;
    kept_.rethrow();
  }

 private:
  static constexpr std::uint32_t open = 1u << 15, dismissed = 1u << 16;
  static std::uint32_t inside(std::uint32_t gate) { return gate & (open - 1); }

  struct alignas(64) Range {  // of pieces that one thread begins with
    std::atomic<Index> next{0};
    Index end = 0;
  };
  Range& range(int thread) { return ranges_[static_cast<std::size_t>(thread)]; }
  struct alignas(64) Helper {
    std::atomic<std::uint32_t> call{0};
    std::atomic<int> processor{detail::nowhere};  // it was last seen on
    std::atomic<bool> sent_away{false};
    std::thread thread;

    void call_in(std::uint32_t round) {
      call.store(round, std::memory_order_release);
      call.notify_one();
    }
  };

  /// Starts helpers up to that number; returns how many there are.
  int hired(int wanted) {
    if (static_cast<int>(helpers_.size()) < wanted) hire(wanted);
    return std::min(wanted, static_cast<int>(helpers_.size()));
  }
  [[gnu::cold]] void hire(int wanted) try {
    ranges_.reset(new Range[static_cast<std::size_t>(wanted) + 1]);
    while (static_cast<int>(helpers_.size()) < wanted) {
      auto helper = std::make_unique<Helper>();
      const int thread = static_cast<int>(helpers_.size()) + 1;
      helpers_.reserve(helpers_.size() + 1);
      helper->thread = std::thread([this, thread, &me = *helper] { help(me, thread); });
      helpers_.push_back(std::move(helper));
    }
  } catch (const std::system_error&) {  // the system gives no more threads
  }

#ifdef __linux__
  static int this_processor() { return sched_getcpu(); }
  /// Moves that many helpers away from the processors of the caller and of the helpers before them.
  void spread(int helpers) {
    const int here = this_processor();
    for (int h = 0; h < helpers; ++h)
      if (detail::shares_a_processor(h, here, [this](int helper) { return place_of(helper); })) send_away(h, here);
  }
  int place_of(int helper) const {
    return helpers_[static_cast<std::size_t>(helper)]->processor.load(std::memory_order_relaxed);
  }
  [[gnu::cold]] void send_away(int helper, int here) {
    if (sched_getaffinity(0, sizeof(allowed_), &allowed_) != 0) return;  // where the caller may be
    cpu_set_t others = allowed_;
    CPU_CLR(static_cast<std::size_t>(here), &others);
    for (int other = 0; other < helper; ++other)
      if (place_of(other) != detail::nowhere) CPU_CLR(static_cast<std::size_t>(place_of(other)), &others);
    if (CPU_COUNT(&others) == 0) return;
    Helper& sent = *helpers_[static_cast<std::size_t>(helper)];
    sent.processor = detail::nowhere;
    sent.sent_away = pthread_setaffinity_np(sent.thread.native_handle(), sizeof(others), &others) == 0;
  }
  /// After it has arrived, the system may place a helper anywhere.
  void arrive(Helper& me) const {
    me.processor.store(this_processor(), std::memory_order_relaxed);
    if (me.sent_away.exchange(false)) pthread_setaffinity_np(pthread_self(), sizeof(allowed_), &allowed_);
  }
#else
  void spread(int) {}
  void arrive(Helper&) const {}
#endif

  void take_pieces(int thread) {
    for (int k = 0; k < threads_; ++k) {
      Range& from = range((thread + k) % threads_);
      for (Index piece; (piece = from.next.fetch_add(1, std::memory_order_relaxed)) < from.end;) work_(piece, thread);
    }
  }

  void help(Helper& me, int thread) {
    mine().working_ = true;
    for (std::uint32_t heard = 0; (heard = next_call(me, heard)) != dismissed;) {
      if (!enter(heard)) continue;
      arrive(me);
      if (thread < threads_) kept_.run([&] { take_pieces(thread); });
      leave();
    }
  }
  std::uint32_t next_call(const Helper& me, std::uint32_t heard) const {
    const auto called = [&] { return me.call.load(std::memory_order_acquire) != heard; };
    if (!patiently(called)) me.call.wait(heard, std::memory_order_acquire);
    return me.call.load(std::memory_order_acquire);
  }
  bool enter(std::uint32_t round) {
    std::uint32_t gate = gate_.load(std::memory_order_relaxed);
    do {
      if (gate >> 16 != round || (gate & open) == 0) return false;
    } while (!gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acquire, std::memory_order_relaxed));
    return true;
  }
  void leave() {
    if (const std::uint32_t gate = gate_.fetch_sub(1, std::memory_order_acq_rel) - 1; gate << 16 == 0) {
      bell_.fetch_add(1, std::memory_order_release);
      bell_.notify_one();
    }
  }
  void wait_for_helpers() {
    const auto alone = [&] { return inside(gate_.load(std::memory_order_acquire)) == 0; };
    if (patiently(alone)) return;
    for (std::uint32_t rung = bell_; !alone(); rung = bell_) bell_.wait(rung, std::memory_order_acquire);
  }

  /// Spins for a short time, which is the fastest way to wait. Returns whether it is `done`.
  template <class Done>
  bool patiently(const Done& done) const {
    using Clock = std::chrono::steady_clock;
    for (const auto end = Clock::now() + patience_.load(std::memory_order_relaxed);;) {
      for (int i = 0; i < 32; ++i) {
        if (done()) return true;
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
      }
      if (Clock::now() >= end) return false;
    }
  }

#ifdef __linux__
  cpu_set_t allowed_{};
#endif
  std::vector<std::unique_ptr<Helper>> helpers_;
  std::unique_ptr<Range[]> ranges_;
  Work work_;
  int threads_ = 1, processors_ = processors();
  bool working_ = false;
  std::uint32_t round_ = 0;
  std::atomic<std::chrono::microseconds> patience_{};
  alignas(64) std::atomic<std::uint32_t> gate_{0};
  alignas(64) std::atomic<std::uint32_t> bell_{0};
  Kept kept_;
};

/// Team::share_out in the team of the calling thread.
inline void share_out(int threads, Index pieces, Team::Work work) { Team::mine().share_out(threads, pieces, work); }

#else

/// Calls work(piece, 0) for each piece, one after the other: there are no threads here.
inline void share_out(int, Index pieces, FunctionRef<void(Index piece, int thread)> work) {
  for (Index piece = 0; piece < pieces; ++piece) work(piece, 0);
}

#endif

/// Calls work(first, end) for 0 ... count - 1 in blocks of `block` neighbours, of which the last may be shorter.
template <class Work>
void share_out_blocks(int threads, Index count, Index block, const Work& work) {
  share_out(threads, (count + block - 1) / block, [&](Index piece, int) {
    const Index first = piece * block;
    work(first, std::min(count, first + block));
  });
}

}  // namespace latent
