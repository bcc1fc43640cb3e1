/// What one sees of a training: a bar with images per second and the time left on a terminal, one line an epoch elsewhere.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>

#include "latent/training/callbacks.hpp"

namespace latent {

class ProgressBar : public Callback {
 public:
  explicit ProgressBar(std::FILE* out = stdout) : out_(out), terminal_(isatty(fileno(out)) != 0) {}

  void on_epoch_begin(Training&) override { start_ = shown_ = Clock::now(); }

  [[gnu::cold]] void on_batch_end(Training& training) override {
    const auto now = Clock::now();
    if (!terminal_ || (now - shown_ < std::chrono::milliseconds(100) && training.batch > 0)) return;
    shown_ = now;
    const double done = static_cast<double>(training.batch + 1) / static_cast<double>(training.batches);
    const double elapsed = seconds(now - start_), left = elapsed / done - elapsed;
    constexpr int width = 24;
    std::string bar(width, ' ');
    for (int i = 0; i < width; ++i)
      if (i < static_cast<int>(done * width)) bar[static_cast<std::size_t>(i)] = '=';
    std::fprintf(out_, "\r\033[KEpoch %*d/%d [%s] %3.0f %%  %6.0f samples/s  %s left", digits(training.epochs),
                 training.epoch + 1, training.epochs, bar.c_str(), 100 * done,
                 done * static_cast<double>(training.samples) / elapsed, duration(left).c_str());
    print_logs(training);
  }

  [[gnu::cold]] void on_epoch_end(Training& training) override {
    const double elapsed = seconds(Clock::now() - start_);
    std::fprintf(out_, "%sEpoch %*d/%d  %s  %6.0f samples/s", terminal_ ? "\r\033[K" : "", digits(training.epochs),
                 training.epoch + 1, training.epochs, duration(elapsed).c_str(),
                 static_cast<double>(training.samples) / elapsed);
    print_logs(training);
    std::fprintf(out_, "\n");
    std::fflush(out_);
  }

 private:
  void print_logs(const Training& training) const {
    for (const auto& [name, value] : training.logs)  // 0.0012 or 1.2000e-04, as in Keras
      std::fprintf(out_, std::abs(value) > 1e-3 || value == 0 ? "  %s: %.4f" : "  %s: %.4e", name.c_str(), value);
    std::fflush(out_);
  }

  using Clock = std::chrono::steady_clock;
  static double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }
  static int digits(int n) { return static_cast<int>(std::to_string(n).size()); }
  /// "7.4s", "1:23", "1:02:03".
  static std::string duration(double s) {
    char text[32];
    const int whole = static_cast<int>(s + 0.5);
    if (s < 60)
      std::snprintf(text, sizeof text, "%4.1fs", s);
    else if (whole < 3600)
      std::snprintf(text, sizeof text, "%d:%02d", whole / 60, whole % 60);
    else
      std::snprintf(text, sizeof text, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    return text;
  }

  std::FILE* out_;
  bool terminal_;
  Clock::time_point start_, shown_;
};

}  // namespace latent
