/// The number of threads, and exceptions thrown in them.
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

/// True in a child process that fork() created after threads had been used. They do not exist in the child, and
/// calls to them would have no effect.
LATENT_COLD inline bool threads_are_lost() {
#if LATENT_HAS_FORK
  static const auto process = getpid();  // that of the first call
  return getpid() != process;
#else
  return false;
#endif
}

/// How many processors this process may use.
inline int processors() { return detail::processors(); }

/// Sets the number of threads for all options `threads` that are 0. It is omp_set_num_threads() if there is OpenMP,
/// and the same without it. Throws std::invalid_argument outside 1..1024.
inline void set_threads(int threads) {
  check(threads >= 1 && threads <= 1024, "set_threads: threads is within 1..1024, received ", threads);
  detail::offer_threads(threads);
}

/// The number of threads for an option `threads`: 0 means as many as set_threads() or OpenMP's variables say, else
/// one for each processor, and 1 within a parallel region of OpenMP.
/// More than 16 threads, or two for each processor if that is more, are never started. In a process that fork()
/// created after threads had been used it is always 1. Throws std::invalid_argument outside 0..1024.
inline int team_size(int threads, const char* what) {
  check(threads >= 0 && threads <= 1024, what, ": threads is within 0..1024, received ", threads);
  if (threads_are_lost()) return 1;
  if (threads == 0) return detail::in_parallel() ? 1 : detail::offered_threads();
  return std::min(threads, std::max(16, 2 * processors()));
}

/// The same for work of that many additions and multiplications: no thread is woken for less than half a million,
/// about 50 us of a core. Waking a thread takes a tenth of that, and far longer if the cores are busy.
inline int team_size(int threads, const char* what, double operations) {
  return static_cast<int>(std::clamp(operations / 500'000, 1.0, static_cast<double>(team_size(threads, what))));
}

/// How many operations that are, as a double: product_of(3, samples, samples, features).
template <class... Factors>
double product_of(Factors... factors) {
  return (1.0 * ... * static_cast<double>(factors));
}

/// An exception that leaves a parallel region would end the program. `run` keeps it instead, so that it can be
/// rethrown after the region; if there are several, the first.
class Kept {
 public:
  /// Calls f and keeps its exception.
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
  /// Rethrows it, after the region.
  void rethrow() {
    if (any_.exchange(false)) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  std::atomic<bool> any_{false};
  std::exception_ptr exception_;
};

}  // namespace latent
