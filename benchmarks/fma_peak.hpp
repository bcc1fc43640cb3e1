/// The processor's peak of multiply-adds, the measure of all the benchmarks here.
#pragma once

#include <chrono>
#include <latent/kernels/simd.hpp>
#include <vector>

using namespace latent;

inline double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// GFLOP/s of multiply-adds on registers, on every thread at once: nothing can be faster. The median of bursts of a few
/// milliseconds over `seconds`, for processors slow down when they are busy for longer.
inline void measure_peak(int threads, double seconds, std::vector<double>& bursts) {
  constexpr int chains = simd::registers == 32 ? 24 : 12;  // independent of each other, to fill the pipelines
  constexpr long rounds = 100000;
  for (const double end = now() + seconds; now() < end;) {
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
    const double flops = 2.0 * simd::lanes<float> * chains * static_cast<double>(rounds) * threads;
    bursts.push_back(flops / (now() - start) * 1e-9);
  }
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}
