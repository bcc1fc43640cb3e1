/// Measures training steps, and prints them as a table or JSON.
#pragma once

#include <cstdio>

#include "fma_peak.hpp"
#include "models.hpp"

/// Inputs and targets of zeros and ones: an image is its own target, a class the number of the sample modulo the
/// classes.
template <class Model>
struct ZerosAndOnes {
  typename Model::InputTensor x;
  typename Model::OutputTensor y;

  explicit ZerosAndOnes(Index samples)
      : x(dimensions<typename Model::input_shape>(samples)), y(dimensions<typename Model::output_shape>(samples)) {
    for (Index i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<float>(Random(Seed{1}, Purpose::test).uniform(i) > 0.8);
    constexpr Index outputs = Model::output_shape::size;
    if constexpr (std::is_same_v<typename Model::input_shape, typename Model::output_shape>) {
      y = x;
    } else {
      y.setZero();
      for (Index n = 0; n < samples; ++n) y.data()[n * outputs + n % outputs] = 1;
    }
  }

 private:
  template <class Shape>
  static auto dimensions(Index samples) {
    Eigen::array<Index, Shape::rank + 1> all{samples};
    std::copy(Shape::dimensions.begin(), Shape::dimensions.end(), all.begin() + 1);
    return all;
  }
};

struct Result {
  std::string model;
  int threads;
  Index batch;
  double images_per_second, gflops;
  double peak_under_load;  ///< GFLOP/s of multiply-adds in the midst of these steps
  std::size_t workspace_bytes;
};

/// The rate is that of the median step.
template <class Model, class Loss>
Result measure(const std::string& name, Index samples, int threads, double seconds, Index lanes) {
  const ZerosAndOnes<Model> batch(samples);
  Model model{Seed{1}};
  auto trainer = compile(model, Adam{}, Loss{});
  trainer.fit(batch.x, batch.y, {.epochs = 0, .lanes = lanes});  // there are as many from now on
  const auto any = [](bool mine) { return engine::company() ? engine::company()->any(mine) : mine; };
  const double begin = now();
  for (int i = 0; i < 3 && any(now() < begin + seconds); ++i) trainer.train_on_batch(batch.x, batch.y, threads);
  std::vector<double> times;
  Pulse pulse;
  for (const double end = now() + seconds; any(now() < end || times.size() < 3);) {
    const double start = now();
    trainer.train_on_batch(batch.x, batch.y, threads);
    times.push_back(now() - start);
    pulse.take(threads);
  }
  const double rate = static_cast<double>(samples) / median(times);
  return {name,
          threads,
          samples,
          rate,
          rate * flops_per_sample<typename Model::network>() * 1e-9,
          pulse.peak(),
          trainer.workspace_bytes()};
}

/// Models measured one after the other on one number of threads, and the processor's peak before, between and after
/// them: the clock wanders.
class Measurements {
 public:
  Measurements(int threads, double seconds, Index lanes = 8) : threads_(threads), seconds_(seconds), lanes_(lanes) {
    take_peak();
  }

  template <class Model, class Loss = BinaryCrossentropy>
  void add(const std::string& name, Index batch) {
    results_.push_back(measure<Model, Loss>(name, batch, threads_, seconds_, lanes_));
    take_peak();
  }

  int threads() const { return threads_; }
  double peak() const { return median(bursts_); }
  const std::vector<Result>& results() const { return results_; }

  /// A Markdown table.
  void print() const {
    std::printf("\n%d thread%s, FMA peak %.0f GFLOP/s\n\n", threads_, threads_ == 1 ? "" : "s", peak());
    std::printf("| %-15s | %5s | %9s | %7s | %13s | %15s | %19s | %16s |\n", "model", "batch", "images/s", "GFLOP/s",
                "share of peak", "peak under load", "share at that clock", "workspace/thread");
    std::printf(
        "| :-------------- | ----: | --------: | ------: | ------------: | --------------: | ------------------: "
        "| ---------------: |\n");
    for (const Result& r : results_)
      std::printf("| %-15s | %5ld | %9.0f | %7.1f | %11.1f %% | %15.0f | %17.1f %% | %13zu kB |\n", r.model.c_str(),
                  static_cast<long>(r.batch), r.images_per_second, r.gflops, 100 * r.gflops / peak(), r.peak_under_load,
                  100 * r.gflops / r.peak_under_load, r.workspace_bytes / 1024);
    std::fflush(stdout);
  }

 private:
  void take_peak() { measure_peak(threads_, std::min(0.5, seconds_), bursts_); }

  int threads_;
  double seconds_;
  Index lanes_;
  std::vector<double> bursts_;
  std::vector<Result> results_;
};

inline void write_json(const std::string& path, const std::vector<Measurements>& all) {
  std::ostringstream peaks, results;
  for (const Measurements& m : all) {
    peaks << (peaks.tellp() > 0 ? ", " : "") << '"' << m.threads() << "\": " << m.peak();
    for (const Result& r : m.results())
      results << (results.tellp() > 0 ? ",\n" : "\n") << "  {\"model\": \"" << r.model
              << "\", \"threads\": " << r.threads << ", \"batch\": " << r.batch
              << ", \"images_per_second\": " << r.images_per_second << ", \"gflops\": " << r.gflops
              << ", \"share_of_peak\": " << r.gflops / m.peak() << ", \"peak_under_load\": " << r.peak_under_load
              << ", \"share_at_clock\": " << r.gflops / r.peak_under_load
              << ", \"workspace_bytes\": " << r.workspace_bytes << "}";
  }
  write_atomically(path, text("{\"peak_gflops\": {", peaks.str(), "},\n \"results\": [", results.str(), "\n ]}\n"));
}
