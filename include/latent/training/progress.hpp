/// Progress output: on a terminal a bar with samples per second and the remaining time, otherwise one line for each epoch.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>

#include "latent/training/callbacks.hpp"

namespace latent {

namespace detail {
/// A time as a clock shows it: " 7.4s", "1:23", "1:02:03".
LATENT_COLD inline std::string clock_time(double seconds) {
  if (seconds < 59.95) return at_right(with_decimals(seconds, 1), 4) + "s";  // what is more would be written as 60.0
  const int whole = static_cast<int>(seconds + 0.5), minutes = whole / 60;
  const auto two_digits = [](int n) { return (n < 10 ? ":0" : ":") + std::to_string(n); };
  return (minutes < 60 ? std::to_string(minutes) : std::to_string(minutes / 60) + two_digits(minutes % 60)) +
         two_digits(whole % 60);
}
}  // namespace detail

/// A line for each epoch, and on a terminal a bar that moves.
class ProgressBar : public Callback {
 public:
  /// Writes to that stream.
  explicit ProgressBar(std::FILE* out = stdout) : out_(out), terminal_(isatty(fileno(out)) != 0) {}

  void on_epoch_begin(Training&) override { start_ = shown_ = Clock::now(); }

  LATENT_COLD inline void on_batch_end(Training& training) override {
    const auto now = Clock::now();
    if (!terminal_ || (now - shown_ < std::chrono::milliseconds(100) && training.batch > 0)) return;
    shown_ = now;
    const double done = static_cast<double>(training.batch + 1) / static_cast<double>(training.batches);
    const double elapsed = seconds(now - start_), left = elapsed / done - elapsed;
    constexpr int width = 24;
    std::string bar(static_cast<std::size_t>(done * width), '=');
    bar.resize(width, ' ');
    print(text("\r\033[K", epoch(training), " [", bar, "] ", at_right(with_decimals(100 * done, 0), 3), " %  ",
               rate(done * static_cast<double>(training.samples) / elapsed), "  ", detail::clock_time(left), " left",
               logs(training)));
  }

  LATENT_COLD inline void on_epoch_end(Training& training) override {
    const double elapsed = seconds(Clock::now() - start_);
    print(text(terminal_ ? "\r\033[K" : "", epoch(training), "  ", detail::clock_time(elapsed), "  ",
               rate(static_cast<double>(training.samples) / elapsed), logs(training), "\n"));
  }

 private:
  void print(const std::string& line) const {
    std::fputs(line.c_str(), out_);
    std::fflush(out_);
  }
  static std::string epoch(const Training& training) {
    const std::string all = std::to_string(training.epochs);
    return text("Epoch ", at_right(std::to_string(training.epoch + 1), all.size()), "/", all);
  }
  static std::string rate(double samples_per_second) {
    return at_right(with_decimals(samples_per_second, 0), 6) + " samples/s";
  }
  static std::string logs(const Training& training) {
    std::string line;
    for (const auto& [name, value] : training.logs)  // 0.0012 or 1.2000e-04, as in Keras
      line +=
          text("  ", name, ": ", std::abs(value) > 1e-3 || value == 0 ? with_decimals(value, 4) : with_power(value, 4));
    return line;
  }

  using Clock = std::chrono::steady_clock;
  static double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }

  std::FILE* out_;
  bool terminal_;
  Clock::time_point start_, shown_;
};

}  // namespace latent
