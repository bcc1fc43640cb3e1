/// Where the time of a training step goes: layer by layer, pass by pass, on one thread.
#pragma once

#include "measure.hpp"

/// The trainer's step on one thread, written out with a clock between the calls.
template <class Model, class Loss>
class Profile {
  using network = typename Model::network;
  static constexpr int depth = network::depth;
  static constexpr Index lanes = detail::Learner<float>::lanes;
  using Judged = typename Trainer<Model, Adam, Loss>::Scoring;
  static constexpr const detail::Plan<float>& plan = network::template plan<typename Judged::Last, detail::Backward::parameters>;

 public:
  explicit Profile(Index samples) : batch_(samples), samples_(samples) {}

  /// Steps for `seconds`, in turns with the trainer's, at least 3 after the first, which does not count.
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
        name, static_cast<long>(samples_), static_cast<long>(detail::Pass<float>::chunk_of(plan, samples_)),
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
    timed(prepare, [&] {
      for (int i = 0; i < depth; ++i) detail::batches::prepare<float>(plan, i, model_.data(), prepared_.get());
    });
    const Index size = detail::Pass<float>::chunk_of(plan, samples_), chunks = (samples_ + size - 1) / size;
    const Index used = std::min(chunks, lanes);
    for (Index lane = 0; lane < used; ++lane) {
      timed(update, [&] { std::fill_n(lane_gradients(lane), network::buffer_size, 0.0f); });
      for (Index chunk = lane; chunk < chunks; chunk += lanes)
        chunk_step(chunk * size, std::min(size, samples_ - chunk * size), lane_gradients(lane));
    }
    timed(update, [&] {
      updater_.begin_step();
      updater_.update(model_.data(), gradients_.get(), used);
    });
    for (std::size_t part = 0; part < times_.size(); ++part) seconds_[part].push_back(times_[part]);
  }

  void chunk_step(Index first, Index count, float* gradients) {
    Call call(count);
    call.first = first, call.batch = samples_, call.loss = losses_.data();
    const detail::Chunk<float> chunk{plan, model_.data(), prepared_.get(), workspace_, call, gradients};
    timed(copy, [&] { workspace_.set_inputs(call, batch_.x.data()); });
    for (int i = 0; i < depth; ++i) timed(forward + 3 * i, [&] { chunk.forward(i, i + 1); });
    timed(loss, [&] { loss_of_chunk(chunk); });
    for (int i = depth - 1; i >= 0; --i) {
      timed(weights + 3 * i, [&] { chunk.weight_gradient(i); });
      timed(inputs + 3 * i, [&] { chunk.input_gradient(i); });
    }
  }

  void loss_of_chunk(const detail::Chunk<float>& chunk) {
    const auto scale = static_cast<float>(1 / scoring_->terms(samples_));
    const detail::Lines& dy = plan.gradients.back();
    for (Index n = 0; n < chunk.call.samples; ++n) {
      scoring_->loss(workspace_.result() + n * plan.output_size(),
                     batch_.y.data() + chunk.call.place(n) * scoring_->target_size(),
                     dy.contiguous() ? workspace_.line(dy, n, 0) : workspace_.loss_gradient(), scale);
      if (!dy.contiguous()) workspace_.set(dy, n, workspace_.loss_gradient());
    }
    chunk.begin_backward();
  }

  float* lane_gradients(Index lane) const { return gradients_.get() + lane * network::buffer_size; }

  template <class Work>
  void timed(int part, const Work& work) {
    const double start = now();
    work();
    times_[static_cast<std::size_t>(part)] += now() - start;
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

  Batch<Model> batch_;
  Index samples_;
  Model model_{Seed{1}}, trained_{Seed{1}};
  Trainer<Model, Adam, Loss> trainer_ = compile(trained_, Adam{}, Loss{});
  std::shared_ptr<float[]> prepared_ = detail::batches::prepared<float>(plan, model_.data());
  std::shared_ptr<float[]> gradients_ = aligned_zeros<float>(lanes * network::buffer_size);
  std::unique_ptr<detail::Scoring<float>> scoring_ = Judged::make(plan.loss_parts, Loss{});
  std::vector<double> losses_ = std::vector<double>(plan.loss_parts.size());
  detail::UpdaterOf<float, Adam> updater_{Adam{}, model_.parameters(), model_.data(), network::buffer_size};
  detail::Workspace<float> workspace_{plan};
  std::array<double, parts> times_{};               // of the present step
  std::array<std::vector<double>, parts> seconds_;  // of all steps
  std::vector<double> trainer_seconds_;
  Pulse pulse_;
};
