/// Where the time of a training step goes: layer by layer, pass by pass, on one thread.
#pragma once

#include "measure.hpp"

/// The trainer's step on one thread, with a clock that looks on.
template <class Model, class Loss>
class Profile {
  using network = typename Model::network;
  static constexpr int depth = network::depth;
  static constexpr const engine::Plan<float>& plan = Trainer<Model, Adam, Loss>::plan;

 public:
  explicit Profile(Index samples) : batch_(samples), samples_(samples) {}

  /// Steps for `seconds`, in turns with some that nobody looks at, at least 3 after the first, which does not count.
  void run(double seconds) {
    step();
    for (auto& times : seconds_) times.clear();
    trainer_seconds_.clear();
    pulse_ = {};
    for (const double end = now() + seconds; now() < end || trainer_seconds_.size() < 3;) {
      step();
      pulse_.take(1);
    }
  }

  /// A Markdown table.
  void print(const char* name) const {
    double whole = 0;
    for (const auto& times : seconds_) whole += median(times);
    std::printf(
        "\n%s on 1 thread, batch %ld in chunks of %ld: %.2f us per image; the table adds up to %.2f us.\n"
        "FMA peak under load %.0f GFLOP/s\n\n",
        name, static_cast<long>(samples_), static_cast<long>(engine::Pass<float>::chunk_of(plan, samples_)),
        1e6 * median(trainer_seconds_) / static_cast<double>(samples_), 1e6 * whole / static_cast<double>(samples_),
        pulse_.peak());
    std::printf("| %-20s | %10s | %6s | %6s | %10s | %6s | %6s | %10s | %6s | %6s |\n", "", "forward us", "step",
                "peak", "weights us", "step", "peak", "inputs us", "step", "peak");
    std::printf("| :------------------- ");
    for (int i = 0; i < 3; ++i) std::printf("| ---------: | -----: | -----: ");
    std::printf("|\n");
    const Model model;
    network::for_layers([&]<int i>() {
      std::printf("| %-20s ", model.layer_name(i + 1).c_str());
      print_pass(forward + 3 * i, whole, flops_per_pass<network, i>(), true);
      print_pass(weights + 3 * i, whole, flops_per_pass<network, i>(), !network::template Layer<i>::parameters.empty());
      print_pass(inputs + 3 * i, whole, flops_per_pass<network, i>(), i > 0);
      std::printf("|\n");
    });
    const char* rest[] = {"images in", "loss", "prepare weights", "lanes and Adam"};
    for (int part = copy; part < parts; ++part) {
      std::printf("| %-20s ", rest[part - copy]);
      print_pass(part, whole, 0, true);
      for (int i = 0; i < 6; ++i) std::printf("| %*s ", i % 3 == 0 ? 10 : 6, "");
      std::printf("|\n");
    }
    print_traffic(model);
    std::fflush(stdout);
  }

 private:
  // What is timed: three passes of every layer, and the rest.
  enum Part { forward = 0, weights = 1, inputs = 2, copy = 3 * depth, loss, prepare, update, parts };

  void step() {
    const double start = now();
    trainer_.train_on_batch(batch_.x, batch_.y, 1);
    trainer_seconds_.push_back(now() - start);
    times_ = {};
    double last = now();
    const auto look = [&](engine::Stage stage, int layer) {
      const double time = now();
      times_[static_cast<std::size_t>(part_of(stage, layer))] += time - last;
      last = time;
    };
    trainer_.watch(look);
    trainer_.train_on_batch(batch_.x, batch_.y, 1);
    trainer_.watch({});
    for (std::size_t part = 0; part < times_.size(); ++part) seconds_[part].push_back(times_[part]);
  }

  static int part_of(engine::Stage stage, int layer) {
    switch (stage) {
      case engine::Stage::forward: return forward + 3 * layer;
      case engine::Stage::weight_gradient: return weights + 3 * layer;
      case engine::Stage::input_gradient: return inputs + 3 * layer;
      case engine::Stage::input: return copy;
      case engine::Stage::loss: return loss;
      case engine::Stage::prepare: return prepare;
      case engine::Stage::update: return update;
    }
    return update;
  }

  /// What a layer moves in each of its passes, if every number of x, y and, once for each chunk, of its parameters is
  /// moved once: bytes for an image, FLOPs for each of them, and how fast, beside a copy in the cache.
  void print_traffic(const Model& model) const {
    const double rate = copy_rate();
    std::printf("\na copy in the second-level cache moves %.0f GB/s\n\n", rate);
    std::printf("| %-20s | %8s | %9s | %15s | %15s | %15s |\n", "", "kB", "FLOP/byte", "forward / copy",
                "weights / copy", "inputs / copy");
    std::printf(
        "| :------------------- | -------: | --------: | --------------: | --------------: | --------------: |\n");
    network::for_layers([&]<int i>() {
      using L = typename network::template Layer<i>;
      double scalars = L::output_shape::size;
      for (const auto& read : plan.passes[i].reads)
        scalars += static_cast<double>(plan.values[static_cast<std::size_t>(read.value)].scalars());
      for (const ParameterSpec& spec : L::parameters)
        scalars +=
            static_cast<double>(spec.size()) / static_cast<double>(engine::Pass<float>::chunk_of(plan, samples_));
      const double bytes = sizeof(float) * scalars, flops = flops_per_pass<network, i>();
      std::printf("| %-20s | %8.1f ", model.layer_name(i + 1).c_str(), 1e-3 * bytes);
      flops > 0 ? std::printf("| %9.1f ", flops / bytes) : std::printf("| %9s ", "");
      for (const auto& [pass, exists] :
           {std::pair{forward, true}, std::pair{weights, !L::parameters.empty()}, std::pair{inputs, i > 0}}) {
        const double time = median(seconds_[static_cast<std::size_t>(pass + 3 * i)]) / static_cast<double>(samples_);
        if (exists)
          std::printf("| %13.0f %% ", 100 * 1e-9 * bytes / time / rate);
        else
          std::printf("| %15s ", "");
      }
      std::printf("|\n");
    });
  }

  /// Three cells: microseconds per image, share of the step, and share of the peak if there are `flops`.
  void print_pass(int part, double whole, double flops, bool exists) const {
    if (!exists) {
      std::printf("| %10s | %6s | %6s ", "", "", "");
      return;
    }
    const double time = median(seconds_[static_cast<std::size_t>(part)]),
                 per_image = time / static_cast<double>(samples_);
    std::printf("| %10.2f | %4.1f %% ", 1e6 * per_image, 100 * time / whole);
    if (flops > 0)
      std::printf("| %4.0f %% ", 100 * flops * 1e-9 / per_image / pulse_.peak());
    else
      std::printf("| %6s ", "");
  }

  ZerosAndOnes<Model> batch_;
  Index samples_;
  Model model_{Seed{1}};
  Trainer<Model, Adam, Loss> trainer_ = compile(model_, Adam{}, Loss{});
  std::array<double, parts> times_{};               // of the present step
  std::array<std::vector<double>, parts> seconds_;  // of all steps
  std::vector<double> trainer_seconds_;
  Pulse pulse_;
};
