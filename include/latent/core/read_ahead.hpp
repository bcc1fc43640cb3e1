/// Reads ahead: a separate thread produces the next items.
#pragma once

#include "latent/core/compiler.hpp"

#if LATENT_HAS_THREADS
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#endif
#include <functional>

#include "latent/core/tensor.hpp"

namespace latent {

#if LATENT_HAS_THREADS

/// The results of make(0), make(1), ... make(count - 1), in order. At most `ahead` of them wait. With `ahead` = 0 there is no
/// thread, and each is made by next(). If `make` throws, next() throws that exception in place of the item.
template <class T>
class ReadAhead {
 public:
  /// Calls make(0) ... make(count - 1) in a separate thread, at most `ahead` items in advance.
  ReadAhead(std::function<T(Index)> make, Index count, Index ahead) : make_(std::move(make)), ahead_(ahead) {
    if (ahead > 0) thread_ = std::thread([this, count] { work(count); });
  }
  /// Waits for the item that is being made.
  ~ReadAhead() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next one. Throws what `make` threw; after that there are no more.
  T next() {
    if (ahead_ == 0) return make_(taken_++);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !made_.empty() || exception_; });
    if (made_.empty()) std::rethrow_exception(exception_);
    T first = std::move(made_.front());
    made_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return first;
  }

 private:
  void work(Index count) {
    for (Index i = 0; i < count; ++i) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stop_ || static_cast<Index>(made_.size()) < ahead_; });
        if (stop_) return;
      }
      std::optional<T> one;
      std::exception_ptr thrown;
      try {
        one = make_(i);
      } catch (...) {
        thrown = std::current_exception();
      }
      {
        const std::lock_guard lock(mutex_);
        if (one)
          made_.push_back(std::move(*one));
        else
          exception_ = thrown;
      }
      changed_.notify_all();
      if (thrown) return;
    }
  }

  std::function<T(Index)> make_;
  Index ahead_, taken_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> made_;
  std::exception_ptr exception_;
  bool stop_ = false;
  std::thread thread_;  // the last, for it uses the others
};

#else

/// The same on systems without threads: next() makes each item.
template <class T>
class ReadAhead {
 public:
  /// Calls make(0), make(1), ... as next() asks for them.
  ReadAhead(std::function<T(Index)> make, Index, Index) : make_(std::move(make)) {}
  /// The next one.
  T next() { return make_(taken_++); }

 private:
  std::function<T(Index)> make_;
  Index taken_ = 0;
};

#endif

}  // namespace latent
