/// A team of threads that share numbered pieces of work: the one that calls, and helpers that wait for its calls.
///
/// Nobody waits for a helper that has not come. Whoever calls begins at once, and takes whatever is left; at the end it waits
/// only for pieces that a helper has begun. So a processor that is busy with something else costs little: where a helper
/// does not get a core, the caller does the work. OpenMP's teams start and end each loop together, and wait without
/// sleeping, in time that the other processes on the machine, and the thread that is waited for, would need.
///
///     gate   round, 16 bits | open | helpers inside, 15 bits
///
///     caller   describes the work, opens the gate, calls the helpers, works, closes the gate, waits until nobody is inside
///     helper   hears its call; if the gate is still open for that round, goes inside, works, leaves
///
/// The description changes only while the gate is closed and nobody is inside.
///
/// Systems like to wake a thread on the processor of the one that calls it, where it has to wait, and can leave it there for
/// seconds though another one is idle. A helper that was last seen where somebody else of its team works is sent away.
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

#if LATENT_HAS_THREADS

class Team {
 public:
  /// Does one piece of work; `thread` is a number below that of the threads, and no two at a time have the same.
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

  /// That of the calling thread. Its helpers are started when they are first needed, and end with it.
  static Team& mine() {
    thread_local Team team;
    return team;
  }

  /// Calls work(piece, thread) for each of so many pieces, on at most so many threads, and returns when all are done. A thread
  /// begins with pieces that lie side by side, the same ones in every call, and then takes those of others. Work that is
  /// shared out within a piece is done by one thread. What `work` throws is thrown again, the first of several.
  void share_out(int threads, Index pieces, Work work) {
    threads = static_cast<int>(std::min<Index>(threads, pieces));
    if (threads > 1 && !working_) threads = 1 + hired(threads - 1);
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
  static constexpr int nowhere = -1;
  struct alignas(64) Helper {
    std::atomic<std::uint32_t> call{0};
    std::atomic<int> processor{nowhere};  // it was last seen on
    std::atomic<bool> sent_away{false};
    std::thread thread;

    void call_in(std::uint32_t round) {
      call.store(round, std::memory_order_release);
      call.notify_one();
    }
  };

  /// Sees to it that there are so many helpers; returns how many there are of them.
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
  /// Sends so many helpers away from where the caller, or a helper before them, is.
  void spread(int helpers) {
    const int here = this_processor();
    for (int h = 0; h < helpers; ++h) {
      const int at = place_of(h);
      bool taken = at == here;
      for (int other = 0; other < h; ++other) taken |= at == place_of(other);
      if (taken && at != nowhere) send_away(h, here);
    }
  }
  int place_of(int helper) const {
    return helpers_[static_cast<std::size_t>(helper)]->processor.load(std::memory_order_relaxed);
  }
  [[gnu::cold]] void send_away(int helper, int here) {
    if (sched_getaffinity(0, sizeof(allowed_), &allowed_) != 0) return;  // where the caller may be
    cpu_set_t others = allowed_;
    CPU_CLR(static_cast<std::size_t>(here), &others);
    for (int other = 0; other < helper; ++other)
      if (place_of(other) != nowhere) CPU_CLR(static_cast<std::size_t>(place_of(other)), &others);
    if (CPU_COUNT(&others) == 0) return;
    Helper& sent = *helpers_[static_cast<std::size_t>(helper)];
    sent.processor = nowhere;
    sent.sent_away = pthread_setaffinity_np(sent.thread.native_handle(), sizeof(others), &others) == 0;
  }
  /// A helper that has arrived may go wherever the system wants it.
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

  /// Waits without sleeping, for that is quickest, but not for long. Whether it is `done`.
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

}  // namespace latent
