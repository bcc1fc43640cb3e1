/// Training, whatever the network, the loss and the optimiser are: the epochs, the steps and the judging.
///
/// How a step takes its batch through the network, and why the results do not depend on the number of threads:
/// models/pass.hpp.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <span>

#include "latent/checks/nan_tracer.hpp"
#include "latent/core/threads.hpp"
#include "latent/training/callbacks.hpp"
#include "latent/training/progress.hpp"
#include "latent/training/scoring.hpp"
#include "latent/training/updater.hpp"

namespace latent::detail {

/// Samples one after the other, and their targets.
template <class Scalar>
struct Examples {
  const Scalar *x = nullptr, *y = nullptr;
  Index count = 0;
};

template <class Scalar>
class Learner {
 public:
  static constexpr Index lanes = 8;

  /// `plan` gives what the loss wants, which may be the logits; `names` are those of the layers, the Input first.
  [[gnu::cold]] Learner(const Plan<Scalar>& plan, Scalar* parameters, std::vector<LayerName> names,
                        std::unique_ptr<Scoring<Scalar>> scoring, std::unique_ptr<Updater<Scalar>> updater)
      : plan_(plan),
        parameters_(parameters),
        names_(std::move(names)),
        scoring_(std::move(scoring)),
        updater_(std::move(updater)),
        prepared_(aligned_zeros<Scalar>(plan.prepared)),
        gradients_(aligned_zeros<Scalar>(lanes * plan.parameters)),
        pass_(plan, lanes) {}

  const Scoring<Scalar>& scoring() const { return *scoring_; }

  /// `options` are FitOptions; validation data may have no samples.
  template <class Options>
  [[gnu::cold]] History fit(const Examples<Scalar>& examples, const Examples<Scalar>& validation, const Options& options,
                            int team) {
    const Index samples = examples.count, batches = (samples + options.batch_size - 1) / options.batch_size;
    Training training{
        .epochs = options.epochs,
        .batches = batches,
        .samples = samples,
        .batch_size = options.batch_size,
        .parameters = std::as_writable_bytes(std::span(parameters_, static_cast<std::size_t>(plan_.parameters))),
        .learning_rate = &updater_->learning_rate()};
    std::optional<ProgressBar> progress = options.verbose;
    std::vector<Callback*> callbacks = options.callbacks;
    if (progress) callbacks.push_back(&*progress);  // the last, to show what the others add to the logs
    const auto tell = [&](void (Callback::*event)(Training&)) {
      for (Callback* callback : callbacks) (callback->*event)(training);
    };

    History history;
    std::vector<Index> order = in_order(samples);
    tell(&Callback::on_train_begin);
    for (; training.epoch < options.epochs && !training.stop; ++training.epoch) {
      if (options.shuffle)
        order = permutation(samples, Random(options.seed, Purpose::shuffle, 0, static_cast<std::uint32_t>(epochs_done_)));
      training.logs.clear();
      tell(&Callback::on_epoch_begin);
      Sums sums = scoring_->no_sums();
      for (training.batch = 0; training.batch < batches; ++training.batch) {
        const Index first = training.batch * options.batch_size;
        const auto batch = this->batch(
            examples, std::span<const Index>(order).subspan(
                          static_cast<std::size_t>(first),
                          static_cast<std::size_t>(std::min(options.batch_size, samples - first))));
        const CallMode mode = this->mode(options.seed);
        const Sums of_batch = step(batch, mode, team);
        if (const double loss = scoring_->loss(of_batch, batch.size()); !std::isfinite(loss))
          throw_not_finite<Scalar>(plan_, parameters_, names_, examples.x, batch.order, mode, loss,
                                   text("epoch ", training.epoch + 1, ", batch ", training.batch + 1));
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += of_batch[k];
        scoring_->log(sums, first + batch.size(), training.logs);
        tell(&Callback::on_batch_end);
      }
      if (validation.count > 0) scoring_->log(judge(validation, team), validation.count, training.logs, "val_");
      tell(&Callback::on_epoch_end);
      if (options.verbose) warn(training);
      history.append(training.logs);
      ++epochs_done_;
    }
    tell(&Callback::on_train_end);
    return history;
  }

  /// One step on all examples; their loss and metrics before it.
  Scores step_on(const Examples<Scalar>& examples, Seed seed, int team) {
    const std::vector<Index> order = in_order(examples.count);
    const CallMode mode = this->mode(seed);
    const Scores means = scores(step(batch(examples, order), mode, team), examples.count);
    if (!std::isfinite(means))
      throw_not_finite<Scalar>(plan_, parameters_, names_, examples.x, order, mode, means, "train_on_batch");
    return means;
  }

  /// Loss and metrics, without learning anything.
  [[gnu::cold]] Scores evaluate(const Examples<Scalar>& examples, int team) const {
    return scores(judge(examples, team), examples.count);
  }

 private:
  /// The examples order[0], order[1], ...
  struct Batch {
    const Examples<Scalar>& examples;
    std::span<const Index> order;
    Index x_size, y_size;  ///< scalars of one

    Index size() const { return static_cast<Index>(order.size()); }
    const Scalar* x(Index i) const { return examples.x + order[static_cast<std::size_t>(i)] * x_size; }
    const Scalar* y(Index i) const { return examples.y + order[static_cast<std::size_t>(i)] * y_size; }
  };

  static std::vector<Index> in_order(Index count) {
    std::vector<Index> order(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    return order;
  }

  Scores scores(const Sums& sums, Index samples) const {
    Scores scores;
    scoring_->log(sums, samples, scores.logs);
    return scores;
  }
  Batch batch(const Examples<Scalar>& examples, std::span<const Index> order) const {
    return {examples, order, plan_.input_size(), scoring_->target_size()};
  }

  /// Says on stderr if what a layer adds to the loss is less than it ought to be.
  [[gnu::cold]] void warn(const Training& training) const {
    for (const LayerFacts& layer : plan_.layers) {
      if (layer.own_loss.least <= 0) continue;
      const double value = training.logs.at(layer.own_loss.name);
      if (value < layer.own_loss.least)
        std::fprintf(stderr, "warning: epoch %d, %s %.2g: %s\n", training.epoch + 1, layer.own_loss.name, value,
                     layer.own_loss.warning);
    }
  }

  /// Losses and metrics summed over all examples.
  [[gnu::cold]] Sums judge(const Examples<Scalar>& examples, int team) const {
    const Index chunks = (examples.count + plan_.chunk - 1) / plan_.chunk;
    const std::size_t width = scoring_->no_sums().size();
    Sums of_chunks(static_cast<std::size_t>(chunks) * width);  // added in order: any number of threads, the same bits
    const auto prepared = batches::prepared<Scalar>(plan_, parameters_);
#pragma omp parallel num_threads(team)
    {
      const Workspace<Scalar> workspace(plan_);
#pragma omp for schedule(dynamic, 8)
      for (Index c = 0; c < chunks; ++c) {
        double* const sums = of_chunks.data() + static_cast<std::size_t>(c) * width;
        const Index first = c * plan_.chunk;
        Call call(std::min(plan_.chunk, examples.count - first));
        call.first = first, call.batch = examples.count, call.loss = sums;
        workspace.set_inputs(call, examples.x);
        const Chunk<Scalar> chunk{plan_, parameters_, prepared.get(), workspace, call};
        chunk.forward();
        if (plan_.penalize_logits) plan_.penalize_logits(chunk.penalized_logits());
        for (Index n = 0; n < call.samples; ++n) {
          Scalar* const y = workspace.result() + n * plan_.output_size();
          const Scalar* const t = examples.y + call.place(n) * scoring_->target_size();
          sums[0] += scoring_->loss(y, t, nullptr, Scalar(0));
          scoring_->add_metrics(y, t, sums + plan_.loss_parts.size());
        }
      }
    }
    Sums sums(width);
    for (std::size_t k = 0; k < of_chunks.size(); ++k) sums[k % width] += of_chunks[k];
    add_penalties(sums, examples.count, nullptr);
    return sums;
  }

  /// Adds the penalties on parameters to the loss of so many samples, and their gradients to `gradients` unless it is null.
  void add_penalties(Sums& sums, Index samples, Scalar* gradients) const {
    if (plan_.has_penalties)
      sums[plan_.penalty_part] += static_cast<double>(samples) * penalties<Scalar>(plan_.layers, parameters_, gradients);
  }

  /// The losses of a chunk, summed, and their gradients; the metrics are added to `metrics`.
  [[gnu::hot]] double score(const Chunk<Scalar>& chunk, const Batch& batch, Scalar scale, double* metrics) const {
    const Workspace<Scalar>& workspace = chunk.workspace;
    const Lines& dy = plan_.gradients.back();
    const auto result = [&](Index n) { return workspace.result() + n * plan_.output_size(); };
    double loss = 0;
    for (Index n = 0; n < chunk.call.samples; ++n) {
      // Losses know no borders.
      loss += scoring_->loss(result(n), batch.y(chunk.call.place(n)),
                             dy.contiguous() ? workspace.line(dy, n, 0) : workspace.loss_gradient(), scale);
      if (!dy.contiguous()) workspace.set(dy, n, workspace.loss_gradient());
    }
    chunk.begin_backward();
    for (Index n = 0; n < chunk.call.samples; ++n)
      scoring_->add_metrics(result(n), batch.y(chunk.call.place(n)), metrics);
    return loss;
  }

  /// How the model is called in the next step.
  CallMode mode(Seed seed) const {
    return {.training = true, .seed = seed, .step = static_cast<std::uint32_t>(updater_->steps())};
  }

  /// One step on a batch; losses and metrics summed over it. Hot: what only a cold `fit` calls would itself be cold to GCC.
  [[gnu::hot]] Sums step(const Batch& batch, const CallMode& mode, int team) {
    const auto scale = static_cast<Scalar>(1 / scoring_->terms(batch.size()));
    pass_.begin(mode, batch.size(), team);
    Sums sums = scoring_->no_sums();
    const std::size_t parts = plan_.loss_parts.size(), metrics = sums.size() - parts;
    Sums metrics_of_lanes(static_cast<std::size_t>(lanes) * metrics);
    bool finite = false;
    const auto start = [&](Index lane) {
      Scalar* const gradients = gradients_.get() + lane * plan_.parameters;
      std::fill_n(gradients, plan_.parameters, Scalar(0));
      if (lane == 0) add_penalties(sums, batch.size(), gradients);
      return gradients;
    };
    const auto input = [&](const Chunk<Scalar>& chunk) {
      for (Index n = 0; n < chunk.call.samples; ++n)
        chunk.workspace.set(plan_.values.front(), n, batch.x(chunk.call.place(n)));
    };
    const auto loss = [&](const Chunk<Scalar>& chunk) {
      return score(chunk, batch, scale, metrics_of_lanes.data() + static_cast<std::size_t>(chunk.call.lane) * metrics);
    };

#pragma omp parallel num_threads(team)
    {
#pragma omp for schedule(static)
      for (int i = 0; i < plan_.depth(); ++i) batches::prepare<Scalar>(plan_, i, parameters_, prepared_.get());

      pass_.run(parameters_, prepared_.get(), {.start = start, .input = input, .loss = loss});

#pragma omp single
      {
        const std::vector<double> losses = pass_.losses();
        for (std::size_t part = 0; part < parts; ++part) sums[part] += losses[part];
        for (std::size_t k = 0; k < metrics_of_lanes.size(); ++k) sums[parts + k % metrics] += metrics_of_lanes[k];
        finite = std::isfinite(scoring_->loss(sums, batch.size()));
        if (finite) updater_->begin_step();
      }
      if (finite) updater_->update(parameters_, gradients_.get(), pass_.used());
    }
    if (finite) pass_.remember(parameters_);
    return sums;
  }

  const Plan<Scalar>& plan_;
  Scalar* parameters_;
  std::vector<LayerName> names_;
  std::unique_ptr<Scoring<Scalar>> scoring_;
  std::unique_ptr<Updater<Scalar>> updater_;
  std::shared_ptr<Scalar[]> prepared_, gradients_;
  Pass<Scalar> pass_;
  Index epochs_done_ = 0;  // in all calls of fit, so that each epoch is shuffled differently
};

}  // namespace latent::detail
