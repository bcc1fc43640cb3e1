/// The processor's peak of multiply-adds, the measure of all the benchmarks here.
#pragma once

#include <algorithm>
#include <chrono>
#include <latent/kernels/simd.hpp>
#include <vector>

using namespace latent;

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// GFLOP/s of multiply-adds on registers, on every thread at once: nothing can be faster.
inline double fma_burst(int threads, long rounds) {
  constexpr int chains = simd::registers == 32 ? 24 : 12;  // independent of each other, to fill the pipelines
  double start = 0;
#pragma omp parallel num_threads(threads)
  {
    simd::Vec<float, simd::lanes<float>> sum[chains];
    volatile float one = 1;  // the compiler must not know that all chains compute the same
    for (auto& s : sum) s = simd::Vec<float, simd::lanes<float>>{} + one;
    const auto factor = simd::Vec<float, simd::lanes<float>>{} + 0.5f * one, addend = factor + one;
#pragma omp barrier
#pragma omp master
    start = now();
#pragma omp barrier
    for (long i = 0; i < rounds; ++i) {
#pragma GCC unroll 24
      for (int chain = 0; chain < chains; ++chain) sum[chain] = sum[chain] * factor + addend;
    }
    float total = 0;
    for (const auto& s : sum) total += simd::sum<simd::lanes<float>, float>(s);
    one = total;
#pragma omp barrier
  }
  return 2.0 * simd::lanes<float> * chains * static_cast<double>(rounds) * threads / (now() - start) * 1e-9;
}

/// Bursts of less than a millisecond for `seconds`; their median is the peak. (Processors slow down when they are busy
/// for longer.)
inline void measure_peak(int threads, double seconds, std::vector<double>& bursts) {
  for (const double end = now() + seconds; now() < end;) bursts.push_back(fma_burst(threads, 100000));
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// GB/s, read and written, of copies of 256 kB within the second-level cache, on one thread: the median of 0.1 s. What
/// only moves numbers can hardly be faster.
inline double copy_rate() {
  std::vector<float> from(1 << 16, 1.0f), to(from.size());
  std::vector<double> rates;
  for (const double end = now() + 0.1; now() < end;) {
    const double start = now();
    for (int i = 0; i < 20; ++i) {
      std::copy(from.begin(), from.end(), to.begin());
      std::swap(from, to);
    }
    rates.push_back(20 * 2 * sizeof(float) * static_cast<double>(from.size()) / (now() - start) * 1e-9);
  }
  return median(rates);
}

/// The peak at the clock that other work has made the processor choose: amid that work, every 50 ms, one burst so short
/// (0.1 ms) that the clock stays what it is. (It changes within some milliseconds.)
class Pulse {
 public:
  /// To be called often.
  void take(int threads) {
    if (now() < next_) return;
    bursts_.push_back(fma_burst(threads, 30000));
    next_ = now() + 0.05;
  }
  double peak() const { return median(bursts_); }

 private:
  std::vector<double> bursts_;
  double next_ = 0;
};
