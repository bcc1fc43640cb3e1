/// Training, whatever the network, the loss and the optimiser are: the epochs, the steps and the evaluation.
///
/// How a step takes its batch through the network, and why the results do not depend on the number of threads:
/// models/pass.hpp.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <span>

#include "latent/checks/nan_tracer.hpp"
#include "latent/core/version.hpp"
#include "latent/training/callbacks.hpp"
#include "latent/training/gradient_sum.hpp"
#include "latent/training/progress.hpp"
#include "latent/training/scoring.hpp"
#include "latent/training/updater.hpp"

namespace latent::engine {

/// For each Input samples, one after the other, and for each loss their targets.
template <class Scalar>
struct Examples {
  std::span<const Scalar* const> x, y;
  Index count = 0;
};

/// The options of a training that do not depend on the model; see FitOptions.
struct Settings {
  int initial_epoch, epochs;
  Index batch_size;
  bool shuffle;
  std::optional<ProgressBar> verbose;
  std::vector<Callback*> callbacks;
  Seed seed;
  Index lanes;
};

template <class Scalar>
class Learner {
 public:
  static constexpr Index default_lanes = 8;

  /// `plan` gives what the losses want, which may be logits; `names` are those of the Inputs and the layers. Which layers are
  /// frozen is looked up now.
  [[gnu::cold]] Learner(const Plan<Scalar>& plan, Scalar* parameters, Frozen frozen, std::vector<LayerName> names,
                        std::vector<typename Objective<Scalar>::Part> losses, std::unique_ptr<Updater<Scalar>> updater)
      : plan_(plan),
        parameters_(parameters),
        frozen_(new bool[plan.layers.size()]),
        names_(std::move(names)),
        objective_(plan, std::move(losses)),
        updater_(std::move(updater)),
        prepared_(aligned_zeros<Scalar>(plan.prepared)),
        pass_(plan, default_lanes, objective_.losses(), objective_.metrics()),
        company_(engine::company()) {
    std::copy_n(frozen, plan.layers.size(), frozen_.get());
    pass_.freeze(frozen_.get());
    divide(default_lanes);
  }

  const Objective<Scalar>& objective() const { return objective_; }
  /// Calls `watch` after every stage of every step; for one thread.
  void watch(Watch watch) {
    watch_ = watch;
    pass_.watch(watch);
  }

  /// Shares the lanes of every step with others, which have the same network, parameters and data; null: with nobody.
  [[gnu::cold]] void join(Company* company) {
    company_ = company;
    divide(pass_.most_lanes());
  }

  /// What a training knows apart from what is in the middle of `fit`: parameters, optimiser, epochs so far.
  [[gnu::cold]] void state(TrainingState& state) {
    state.must_be("latent", version);
    state.under("model", [&](TrainingState& of_model) {
      for (const auto& tensor : named_tensors<Scalar>(plan_.layers, frozen_.get(), names_, parameters_)) {
        of_model.must_be(tensor.name, text(shape_text(tensor.shape), tensor.trainable ? "" : ", not trained"));
        of_model(tensor.name, std::span(tensor.data, static_cast<std::size_t>(tensor.size())));
      }
    });
    updater_->state(state);
    state("epochs_done", epochs_done_);
  }

  /// Validation data may have no samples.
  [[gnu::cold]] History fit(const Examples<Scalar>& examples, const Examples<Scalar>& validation,
                            const Settings& options, int team) {
    const Index samples = examples.count, batches = (samples + options.batch_size - 1) / options.batch_size;
    if (options.lanes != pass_.most_lanes()) divide(options.lanes);
    Training training{
        .epoch = options.initial_epoch,
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

    const auto reached = [&](Moment moment) {
      for (Callback* callback : callbacks) callback->on_moment(training, moment);
    };

    History history;
    history.lanes = options.lanes;
    Sums sums = objective_.no_sums();  // of the epoch so far
    training.state = [&](TrainingState& all) {
      all.must_be("data", text(samples, " samples in batches of ", options.batch_size,
                               options.shuffle ? ", shuffled" : "", ", seed ", options.seed.value));
      all.must_be("lanes", text(options.lanes));
      state(all);
      all("epoch", training.epoch), all("batch", training.batch), all("stop", training.stop);
      all("sums", std::span<double>(sums));
      history.state(all);
      for (std::size_t i = 0; i < options.callbacks.size(); ++i)
        if (Callback* const callback = options.callbacks[i]; *callback->state_name())
          all.under(text("callback_", i, "/", callback->state_name()),
                    [&](TrainingState& its) { callback->state(its); });
    };
    std::vector<Index> order = in_order(samples);
    tell(&Callback::on_train_begin);
    if (company_) company_->any(false);  // what one of them has removed is not there for anybody
    reached(Moment::start);
    if (company_) check_company(training, examples, validation);
    for (; training.epoch < options.epochs && !training.stop;) {
      if (options.shuffle)
        order =
            permutation(samples, Random(options.seed, Purpose::shuffle, 0, static_cast<std::uint32_t>(epochs_done_)));
      training.logs.clear();
      if (training.batch == 0) {
        tell(&Callback::on_epoch_begin);
        sums = objective_.no_sums();
      } else {  // in the middle of an epoch that another process began
        objective_.log(sums, std::min(samples, training.batch * options.batch_size), training.logs);
        if (progress) progress->on_epoch_begin(training);
      }
      while (training.batch < batches) {
        const Index first = training.batch * options.batch_size;
        const Batch batch{examples, std::span<const Index>(order).subspan(
                                        static_cast<std::size_t>(first),
                                        static_cast<std::size_t>(std::min(options.batch_size, samples - first)))};
        const CallMode mode = this->mode(options.seed);
        const Sums of_batch = step(batch, mode, team);
        check_step(batch, mode, objective_.loss(of_batch, batch.size()),
                   [&] { return text("epoch ", training.epoch + 1, ", batch ", training.batch + 1); });
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += of_batch[k];
        objective_.log(sums, first + batch.size(), training.logs);
        tell(&Callback::on_batch_end);
        ++training.batch;
        if (company_) training.stop = company_->any(training.stop);
        reached(Moment::batch);
      }
      if (validation.count > 0) objective_.log(evaluated(validation, team), validation.count, training.logs, "val_");
      tell(&Callback::on_epoch_end);
      if (company_) training.stop = company_->any(training.stop);
      if (options.verbose) warn(training);
      history.append(training.epoch, training.logs);
      ++epochs_done_;
      training.batch = 0;
      ++training.epoch;
      reached(Moment::epoch);
    }
    tell(&Callback::on_train_end);
    if (company_) company_->any(false);  // what one of them writes is written when the others go on
    return history;
  }

  /// One step on all examples; their loss and metrics before it.
  Scores step_on(const Examples<Scalar>& examples, Seed seed, int team) {
    const std::vector<Index> order = in_order(examples.count);
    const CallMode mode = this->mode(seed);
    const Batch batch{examples, order};
    const Scores means = scores(step(batch, mode, team), examples.count);
    check_step(batch, mode, means, [] { return std::string("train_on_batch"); });
    return means;
  }

  /// Loss and metrics, without learning anything.
  [[gnu::cold]] Scores evaluate(const Examples<Scalar>& examples, int team) const {
    return scores(evaluated(examples, team), examples.count);
  }

 private:
  /// The examples order[0], order[1], ...
  struct Batch {
    const Examples<Scalar>& examples;
    std::span<const Index> order;

    Index size() const { return static_cast<Index>(order.size()); }
    Index place(Index i) const { return order[static_cast<std::size_t>(i)]; }
  };

  static std::vector<Index> in_order(Index count) {
    std::vector<Index> order(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    return order;
  }

  Scores scores(const Sums& sums, Index samples) const {
    Scores scores;
    objective_.log(sums, samples, scores.logs);
    return scores;
  }
  /// The targets of sample i for loss p.
  const Scalar* target(const Examples<Scalar>& examples, std::size_t p, Index i) const {
    return examples.y[p] + i * target_size(p);
  }
  Index target_size(std::size_t p) const { return objective_.parts()[p].scoring->target_size(); }

  /// Throws NotFinite, with what `when` gives, if a step's loss was not finite or what it made of the parameters is not.
  [[gnu::cold]] void check_step(const Batch& batch, const CallMode& mode, double loss,
                                FunctionRef<std::string()> when) const {
    if (!std::isfinite(loss))
      throw_not_finite<Scalar>(plan_, parameters_, frozen_.get(), names_, batch.examples.x, batch.order, mode, loss,
                               when());
    if (const int spoilt = updater_->spoilt(); spoilt >= 0) {
      const auto tensors = named_tensors<Scalar>(plan_.layers, frozen_.get(), names_, parameters_);
      const NamedTensor<Scalar>& tensor = tensors[static_cast<std::size_t>(spoilt)];
      throw_spoilt(tensor, gradients_.get() + (tensor.data - parameters_), loss, when());
    }
  }

  /// Says on stderr if what a layer adds to the loss is less than it ought to be.
  [[gnu::cold]] void warn(const Training& training) const {
    for (const LayerFacts& layer : plan_.layers) {
      if (layer.own_loss.least <= 0) continue;
      const double value = training.logs.at(layer.own_loss.name);
      if (value < layer.own_loss.least)
        std::fputs(text("warning: epoch ", training.epoch + 1, ", ", layer.own_loss.name, " ", with_digits(value, 2),
                        ": ", layer.own_loss.warning, "\n")
                       .c_str(),
                   stderr);
    }
  }

  /// Losses and metrics summed over all examples.
  [[gnu::cold]] Sums evaluated(const Examples<Scalar>& examples, int team) const {
    Pass<Scalar> pass(plan_, 0, objective_.losses(), objective_.metrics());
    pass.freeze(frozen_.get());
    pass.join(company_);
    pass.begin({}, examples.count, team);
    const auto memory = prepared<Scalar>(plan_, parameters_);
    const auto input = [&](const Chunk<Scalar>& chunk) { chunk.workspace.set_inputs(chunk.call, examples.x.data()); };
    const auto done = [&](const Chunk<Scalar>& chunk) {
      objective_.score(
          chunk, [&](std::size_t p, Index n) { return target(examples, p, chunk.call.place(n)); }, nullptr);
    };
    pass.run(parameters_, memory.get(), {.input = input, .done = done});
    Sums sums = pass.sums();
    add_penalties(sums.data(), examples.count, nullptr);
    return sums;
  }

  /// Adds the penalties on parameters to the loss of so many samples, and their gradients to `gradients` unless it is null.
  void add_penalties(double* sums, Index samples, Scalar* gradients) const {
    if (plan_.has_penalties)
      sums[objective_.penalty()] +=
          static_cast<double>(samples) * penalties<Scalar>(plan_.layers, frozen_.get(), parameters_, gradients);
  }

  /// How the model is called in the next step.
  CallMode mode(Seed seed) const {
    return {.training = true, .seed = seed, .step = static_cast<std::uint32_t>(updater_->steps())};
  }

  /// One step on a batch; losses and metrics summed over it. Hot: what only a cold `fit` calls would itself be cold to GCC.
  [[gnu::hot]] Sums step(const Batch& batch, const CallMode& mode, int team) {
    std::vector<Scalar> scales;
    for (const auto& part : objective_.parts())
      scales.push_back(static_cast<Scalar>(part.weight / part.scoring->terms(batch.size())));
    team = pass_.begin(mode, batch.size(), team);
    if (gradient_sum_) gradient_sum_->begin(pass_.lanes());
    updater_->choose_rate();
    const auto start = [&](Index lane) {
      Scalar* const gradients = gradients_.get() + (lane - pass_.mine().first) * plan_.parameters;
      std::fill_n(gradients, plan_.parameters, Scalar(0));
      if (lane == 0) add_penalties(pass_.sums_of(0), batch.size(), gradients);
      return gradients;
    };
    const auto input = [&](const Chunk<Scalar>& chunk) {
      for (std::size_t i = 0; i < batch.examples.x.size(); ++i)
        for (Index n = 0; n < chunk.call.samples; ++n)
          chunk.workspace.set(plan_.input(i), n,
                              batch.examples.x[i] + batch.place(chunk.call.place(n)) * plan_.input(i).scalars());
    };
    const auto loss = [&](const Chunk<Scalar>& chunk) {
      objective_.score(
          chunk, [&](std::size_t p, Index n) { return target(batch.examples, p, batch.place(chunk.call.place(n))); },
          scales.data());
    };

    share_out(team, plan_.depth(),
              [&](Index i, int) { prepare<Scalar>(plan_, static_cast<int>(i), parameters_, prepared_.get()); });
    if (watch_) watch_(Stage::prepare, 0);

    pass_.run(parameters_, prepared_.get(), {.start = start, .input = input, .loss = loss});

    const Sums sums = pass_.sums();
    if (std::isfinite(objective_.loss(sums, batch.size()))) {
      if (gradient_sum_) gradient_sum_->add(gradients_.get(), team);
      updater_->update(parameters_, gradients_.get(), gradient_sum_ ? 1 : pass_.lanes(), team);
      pass_.remember(parameters_);
    }
    if (watch_) watch_(Stage::update, 0);
    return sums;
  }

  /// Gradients for as many of these lanes as are mine.
  [[gnu::cold]] void divide(Index lanes) {
    pass_.join(company_, lanes);
    Index most = lanes;
    if (company_) {
      check(company_->size() <= lanes, "fit: ", company_->size(), " processes share ", lanes,
            " lanes, and some would have nothing to do; set .lanes");
      most = (lanes + company_->size() - 1) / company_->size();
      gradient_sum_.emplace(*company_, plan_.parameters);
    } else {
      gradient_sum_.reset();
    }
    gradients_ = aligned_zeros<Scalar>(most * plan_.parameters);
  }

  /// Throws std::runtime_error unless all learners train the same network on the same data from the same state.
  [[gnu::cold]] void check_company(const Training& training, const Examples<Scalar>& examples,
                                   const Examples<Scalar>& validation) const {
    TrainingState state;
    training.state(state);
    std::vector<std::string> mine;  // line by line
    for (const auto& [name, value] : state.words) mine.push_back(text(name, ": ", value));
    for (const auto& [name, numbers] : state.numbers)
      mine.push_back(text(name, ": ", fingerprint(numbers.values.data(), numbers.values.size())));
    mine.push_back(text("epochs: ", training.epochs));
    const auto add = [&](const char* what, const Examples<Scalar>& data) {
      for (std::size_t i = 0; i < data.x.size(); ++i)
        mine.push_back(text(what, ", inputs: ", fingerprint(data.x[i], data.count * plan_.input(i).scalars())));
      for (std::size_t p = 0; p < data.y.size() && data.count > 0; ++p)
        mine.push_back(text(what, ", targets: ", fingerprint(data.y[p], data.count * target_size(p))));
    };
    add("data", examples), add("validation data", validation);
    check_same(*company_, mine);
  }
  template <class Number, class Count>
  static std::string fingerprint(const Number* numbers, Count count) {
    const std::string_view bytes(reinterpret_cast<const char*>(numbers),
                                 static_cast<std::size_t>(count) * sizeof(Number));
    return text(count, " numbers, fingerprint ", std::hash<std::string_view>()(bytes));
  }

  const Plan<Scalar>& plan_;
  Scalar* parameters_;
  std::unique_ptr<bool[]> frozen_;
  std::vector<LayerName> names_;
  Objective<Scalar> objective_;
  std::unique_ptr<Updater<Scalar>> updater_;
  std::shared_ptr<Scalar[]> prepared_, gradients_;
  Pass<Scalar> pass_;
  Company* company_;
  std::optional<GradientSum<Scalar>> gradient_sum_;  // in a company
  Watch watch_;
  Index epochs_done_ = 0;  // in all calls of fit, so that each epoch is shuffled differently
};

}  // namespace latent::engine
