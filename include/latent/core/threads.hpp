/// How many threads work, and what becomes of exceptions in them.
#pragma once

#include "latent/core/compiler.hpp"
#if LATENT_HAS_FORK
#include <unistd.h>
#endif

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "latent/core/check.hpp"

namespace latent {

/// True in a child that fork() has made of a process that had worked with threads: they do not exist in the child, and
/// whoever called them there would call in vain.
[[gnu::cold]] inline bool threads_are_lost() {
#if LATENT_HAS_FORK
  static const auto process = getpid();  // that of the first call
  return getpid() != process;
#else
  return false;
#endif
}

/// How many processors this process may use.
inline int processors() { return detail::processors(); }

/// How many threads work wherever an option `threads` is 0, from now on: what omp_set_num_threads() says where there is OpenMP,
/// and the same without it. Throws std::invalid_argument outside 1..1024.
inline void set_threads(int threads) {
  check(threads >= 1 && threads <= 1024, "set_threads: threads is within 1..1024, received ", threads);
  detail::offer_threads(threads);
}

/// The number of threads for an option `threads`: 0 means as many as set_threads() or OpenMP's variables say, else
/// one for each processor, and 1 within a parallel region of OpenMP.
/// More than 16, or two for each processor if those are more, are never of use, and not started. In a process that fork()
/// has made after work with threads it is 1, whatever was asked for. Throws std::invalid_argument outside 0..1024.
inline int team_size(int threads, const char* what) {
  check(threads >= 0 && threads <= 1024, what, ": threads is within 0..1024, received ", threads);
  if (threads_are_lost()) return 1;
  if (threads == 0) return detail::in_parallel() ? 1 : detail::offered_threads();
  return std::min(threads, std::max(16, 2 * processors()));
}

/// The same where there is work for so many additions and multiplications: nobody is woken up for less than half a million,
/// some 50 us of a core. Waking a thread takes a tenth of that, and far longer where the cores are busy with something else.
inline int team_size(int threads, const char* what, double operations) {
  return static_cast<int>(std::clamp(operations / 500'000, 1.0, static_cast<double>(team_size(threads, what))));
}

/// An exception that leaves a parallel region ends the program. One that is thrown in `run` is kept instead, and can be
/// thrown again after the region; of several the one that came first.
class Kept {
 public:
  /// Calls f, and keeps what it throws.
  template <class F>
  void run(const F& f) noexcept {
    try {
      f();
    } catch (...) {
      if (!any_.exchange(true)) exception_ = std::current_exception();
    }
  }
  /// Whether something has been thrown.
  bool any() const { return any_.load(std::memory_order_relaxed); }
  /// Outside of the region.
  void rethrow() {
    if (any_.exchange(false)) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  std::atomic<bool> any_{false};
  std::exception_ptr exception_;
};

}  // namespace latent
