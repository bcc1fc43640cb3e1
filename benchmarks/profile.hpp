/// Where the time of a training step goes: layer by layer, pass by pass, on one thread.
#pragma once

#include "measure.hpp"

/// The trainer's step on one thread, written out with a clock between the calls.
template <class Model, class Loss>
class Profile {
  using network = typename Model::network;
  static constexpr int depth = network::depth;
  static constexpr Index lanes = Trainer<Model, Adam, Loss>::lanes;
  using Scoring = latent::Scoring<network, Loss>;
  using Last = typename Scoring::Last;

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
        name, static_cast<long>(samples_), static_cast<long>(Pass<network>::chunk_of(samples_)),
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
      for (int i = 0; i < depth; ++i) network::prepare(model_.data(), prepared_.get(), i);
    });
    const Index size = Pass<network>::chunk_of(samples_), chunks = (samples_ + size - 1) / size;
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
    const float *parameters = model_.data(), *prepared = prepared_.get();
    timed(copy, [&] {
      for (Index n = 0; n < count; ++n)
        network::set_input(workspace_, n, batch_.x.data() + (first + n) * network::input_shape::size);
    });
    network::for_layers([&]<int i>() {
      using Act = std::conditional_t<i == depth - 1, Last, typename network::template Layer<i>::activation>;
      timed(forward + 3 * i,
            [&] { network::template forward_of_layer<i, Act>(parameters, prepared, workspace_, Call(count)); });
    });
    timed(loss, [&] { loss_of_chunk(first, count); });
    network::for_layers([&]<int reverse>() {
      constexpr int i = depth - 1 - reverse;
      timed(weights + 3 * i, [&] { network::template weight_gradient_of_layer<i>(prepared, workspace_, Call(count), gradients); });
      if constexpr (i > 0)
        timed(inputs + 3 * i,
              [&] { network::template input_gradient_of_layer<i>(parameters, prepared, workspace_, Call(count)); });
    });
  }

  void loss_of_chunk(Index first, Index count) {
    constexpr Index outputs = network::output_shape::size;
    const auto scale = static_cast<float>(1 / Scoring::terms(samples_));
    const auto y = workspace_.template value<depth>(count);
    const auto dz = workspace_.template gradient<depth>(count);
    for (Index n = 0; n < count; ++n) {
      float* dy = dz.contiguous ? dz.sample(n) : workspace_.loss_gradient();
      scoring_.loss(y.sample(n), batch_.y.data() + (first + n) * outputs, dy, scale);
      if constexpr (!dz.contiguous)
        kernels::copy_in_order(View<const float, Layout<typename network::output_shape>>(dy, 1),
                               View<float, typename decltype(dz)::layout>(dz.data + n * dz.size, 1));
    }
    undo_activation<Last, float>(View<const float, typename decltype(y)::layout>(y), dz);
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
  std::shared_ptr<float[]> prepared_ = model_.prepared();
  std::shared_ptr<float[]> gradients_ = aligned_zeros<float>(lanes * network::buffer_size);
  Scoring scoring_{Loss{}};
  Updater<float, Adam> updater_{Adam{}, model_.parameters(), model_.data(), network::buffer_size};
  typename network::Workspace workspace_;
  std::array<double, parts> times_{};               // of the present step
  std::array<std::vector<double>, parts> seconds_;  // of all steps
  std::vector<double> trainer_seconds_;
  Pulse pulse_;
};
