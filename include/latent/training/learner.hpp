/// Training, independent of the types of network, loss and optimiser: the epochs, the steps and the evaluation.
///
/// Where batches come from: training/feed.hpp. How a step takes its batch through the network, and why the results do
/// not depend on the number of threads:
/// models/pass.hpp.
#pragma once

#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "latent/checks/nan_tracer.hpp"
#include "latent/core/fingerprint.hpp"
#include "latent/core/version.hpp"
#include "latent/models/summary.hpp"
#include "latent/training/apply_gradients.hpp"
#include "latent/training/callbacks.hpp"
#include "latent/training/feed.hpp"
#include "latent/training/gradient_sum.hpp"
#include "latent/training/progress.hpp"
#include "latent/training/scoring.hpp"

namespace latent::engine {

/// The options of a training that do not depend on the model; see FitOptions.
struct Settings {
  int initial_epoch, epochs;
  Index steps_per_epoch, validation_steps;
  std::function<bool(int epoch)> validates;  ///< whether there is a validation after an epoch 0, 1 ...
  std::optional<ProgressBar> verbose;
  std::vector<Callback*> callbacks;
  Seed seed;
  Index lanes;
};

LATENT_COMPILED_ONCE_BEGIN
template <class Scalar>
class Learner {
 public:
  static constexpr Index default_lanes = 8;

  /// `plan` gives the outputs that the losses need, which may be logits. The frozen layers are read once, here.
  [[gnu::cold]] Learner(const Plan<Scalar>& plan, Scalar* parameters, ModelFacts model,
                        std::vector<typename Objective<Scalar>::Part> losses, std::unique_ptr<Updater<Scalar>> updater)
      : plan_(plan),
        parameters_(parameters),
        frozen_(new bool[plan.layers.size()]),
        model_(std::move(model)),
        objective_(plan, std::move(losses)),
        updater_(std::move(updater)),
        prepared_(aligned_zeros<Scalar>(plan.prepared)),
        pass_(plan, default_lanes, objective_.losses(), objective_.others()),
        company_(engine::company()) {
    std::copy_n(model_.frozen, plan.layers.size(), frozen_.get());
    model_.frozen = frozen_.get();
    pass_.freeze(frozen_.get());
    std::vector<int> scored;
    for (const auto& part : objective_.parts()) scored.push_back(plan.outputs[part.output].value);
    learns_ = have_gradients(plan.layers, static_cast<std::size_t>(plan.inputs()), scored);
    updater_->decay_only(learns_);
    divide(company_, default_lanes);
  }

  const Objective<Scalar>& objective() const { return objective_; }
  /// Calls `watch` after every stage of every step; for one thread.
  void watch(Watch watch) {
    watch_ = watch;
    pass_.watch(watch);
  }

  /// Shares the lanes of every step with other learners of the same network, parameters and data; null: with none.
  [[gnu::cold]] void join(Company* company) { divide(company, pass_.most_lanes()); }

  /// The state of a training between two calls of `fit`: parameters, optimiser, epochs so far.
  [[gnu::cold]] void state(TrainingState& state) {
    state.must_be("latent", version);
    state.under("model", [&](TrainingState& of_model) {
      const std::size_t inputs = model_.names.size() - plan_.layers.size();
      for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
        const LayerFacts& layer = plan_.layers[i];
        const LayerName& name = model_.names[inputs + i];
        std::string reads;
        for (const int v : layer.reads) reads += " " + model_.names[static_cast<std::size_t>(v)].name;
        of_model.must_be(text("layer ", i + 1), text(name.name, " (", name.class_name, ") of", reads, ": ",
                                                     shape_text(layer.output_shape), ", ", layer.activation));
      }
      for (const auto& tensor : named_tensors<Scalar>(plan_.layers, frozen_.get(), model_.names, parameters_)) {
        of_model.must_be(tensor.name, text(shape_text(tensor.shape), tensor.trainable ? "" : ", not trained"));
        of_model(tensor.name, std::span(tensor.data, static_cast<std::size_t>(tensor.size())));
      }
    });
    state.must_be("loss", objective_.facts());
    updater_->state(state);
    state("passes", passes_, Index{0}), state("calls", calls_, Index{0});
  }

  /// Without validation it is null.
  [[gnu::cold]] History fit(Feed<Scalar>& feed, Feed<Scalar>* validation, const Settings& options, int team) {
    const Index in_pass = feed.batches(), steps = options.steps_per_epoch;
    check(in_pass > 0 || steps > 0, "fit: a source without an end needs steps_per_epoch");
    if (options.lanes != pass_.most_lanes()) divide(company_, options.lanes);
    Training training{
        .epoch = options.initial_epoch,
        .epochs = options.epochs,
        .batch_size = feed.samples(0, 1),
        .parameters = std::as_writable_bytes(std::span(parameters_, static_cast<std::size_t>(plan_.parameters))),
        .learning_rate = &updater_->learning_rate(),
        .optimizer = updater_->name(),
        .seed = options.seed,
        .threads = team,
        .model = &model_};
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
    history.lanes = static_cast<long>(options.lanes);  // Index is wider on Windows
    training.history = &history;
    Sums sums = objective_.no_sums();                               // of the epoch so far
    Index seen = 0;                                                 // samples of the epoch so far
    Index place = 0;                                                // batches so far of the pass over the data
    std::vector<std::pair<std::string, std::string>> fingerprints;  // of the data, taken when they are needed
    training.state = [&](TrainingState& all) {
      all.must_be("data", text(feed.facts(), steps > 0 ? text(", ", steps, " batches an epoch") : ""));
      if (all.same_data && fingerprints.empty()) {
        add_fingerprints("", feed.in_memory(), fingerprints);
        if (validation) add_fingerprints("validation ", validation->in_memory(), fingerprints);
      }
      if (all.same_data)
        for (const auto& [of, fingerprint] : fingerprints) all.must_be(of, fingerprint);
      all.must_be("lanes", text(options.lanes));
      state(all);
      all("epoch", training.epoch, 0), all("batch", training.batch, Index{0}, steps > 0 ? steps : in_pass);
      all("stop", training.stop);
      all("place", place, Index{0}, in_pass > 0 ? in_pass - 1 : std::numeric_limits<Index>::max());
      all("seen", seen, Index{0}), all("sums", std::span<double>(sums));
      history.state(all);
      for (std::size_t i = 0; i < options.callbacks.size(); ++i)
        if (Callback* const callback = options.callbacks[i]; *callback->state_name())
          all.under(text("callback_", i, "/", callback->state_name()),
                    [&](TrainingState& its) { callback->state(its); });
    };
    tell(&Callback::on_train_begin);
    if (company_) company_->any(false);  // what one of them has removed is not there for anybody
    reached(Moment::start);
    if (company_) check_company(training);
    if (options.verbose && !std::exchange(warned_, true)) warn_of_forgotten();
    for (bool reading = false; training.epoch < options.epochs && !training.stop;) {
      // As in Keras, an epoch with `steps_per_epoch` continues in the data where the last one ended, and ends with the data.
      const Index wanted = steps > 0 ? steps : in_pass, left = wanted - training.batch;
      const bool epoch_is_over = training.batch > 0 && place == 0;
      training.batches = training.batch + (epoch_is_over ? 0 : in_pass > 0 ? std::min(left, in_pass - place) : left);
      training.samples = seen + feed.samples(place, training.batches - training.batch);
      training.logs.clear();
      if (training.batch == 0) {
        tell(&Callback::on_epoch_begin);
      } else {  // in the middle of an epoch that another process began
        objective_.log(sums, seen, training.logs);
        if (progress) progress->on_epoch_begin(training);
      }
      while (training.batch < training.batches) {
        if (!std::exchange(reading, true))
          feed.begin(passes_, place, in_pass > 0 ? in_pass - place : std::numeric_limits<Index>::max());
        const BatchOf<Scalar> batch = feed.next();
        const CallMode mode = this->mode(options.seed);
        const Sums of_batch = step(batch, mode, team);
        check_step(batch, mode, objective_.loss(of_batch, batch.size()),
                   [&] { return text("epoch ", training.epoch + 1, ", batch ", training.batch + 1); });
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += of_batch[k];
        seen += batch.size();
        if (feed.samples(place, 1) == 0) training.samples = seen * training.batches / (training.batch + 1);
        objective_.log(sums, seen, training.logs);
        tell(&Callback::on_batch_end);
        ++training.batch;
        if (company_) training.stop = company_->any(training.stop);
        if (++place == in_pass) {
          feed.end();
          place = 0, reading = false;
          ++passes_;
        }
        reached(Moment::batch);
      }
      if (training.batches < wanted)
        std::fputs(text("warning: epoch ", training.epoch + 1, ": the data ran out after ", training.batches, " of ",
                        wanted, " steps\n")
                       .c_str(),
                   stderr);
      training.validated = !validation || options.validates(training.epoch);
      if (validation && training.validated) {
        const auto [of_validation, count] = evaluated(*validation, options.validation_steps, team);
        objective_.log(of_validation, count, training.logs, "val_");
      }
      tell(&Callback::on_epoch_end);
      if (company_) training.stop = company_->any(training.stop);
      if (options.verbose) warn(training);
      history.append(training.epoch, training.logs);
      sums = objective_.no_sums(), seen = 0;
      training.batch = 0;
      ++training.epoch;
      reached(Moment::epoch);
    }
    if (place > 0) ++passes_;  // the next call of fit begins another one
    tell(&Callback::on_train_end);
    if (company_) company_->any(false);  // what one of them writes is written when the others go on
    return history;
  }

  /// The gradients of the loss of all examples, laid out like the parameters and valid until the next call; loss and
  /// metrics. Statistics that
  /// layers keep of their batches are updated, as in a step.
  std::pair<Scores, Scalar*> gradients(const Examples<Scalar>& examples, Seed seed, int team) {
    const std::vector<Index> order = in_order(examples.count);
    const CallMode mode = this->mode(seed);
    const BatchOf<Scalar> batch{examples, order};
    const Scores means = scores(step(batch, mode, team, false), examples.count);
    check_step(batch, mode, means, [] { return std::string("gradients"); });
    return {means, gradients_.get()};
  }

  /// The optimiser's step with gradients by name, the same as in a step on a batch.
  void apply(const std::map<std::string, std::vector<Scalar>>& gradients, int team) {
    auto tensors = named_tensors<Scalar>(plan_.layers, frozen_.get(), model_.names, gradients_.get());
    apply_gradients(*updater_, parameters_, tensors, gradients_.get(), gradients, team);
  }

  /// One step on all examples; their loss and metrics before it.
  Scores step_on(const Examples<Scalar>& examples, Seed seed, int team) {
    const std::vector<Index> order = in_order(examples.count);
    const CallMode mode = this->mode(seed);
    const BatchOf<Scalar> batch{examples, order};
    const Scores means = scores(step(batch, mode, team), examples.count);
    check_step(batch, mode, means, [] { return std::string("train_on_batch"); });
    return means;
  }

  /// Loss and metrics, without learning anything, of a pass over the data or of its first `steps` batches.
  [[gnu::cold]] Scores evaluate(Feed<Scalar>& feed, Index steps, int team) const {
    const auto [sums, count] = evaluated(feed, steps, team);
    return scores(sums, count);
  }

 private:
  using Batch = BatchOf<Scalar>;

  Scores scores(const Sums& sums, Index samples) const {
    Scores scores;
    objective_.log(sums, samples, scores.logs);
    return scores;
  }
  /// The targets of sample i for loss p, and how much it counts.
  const Scalar* target(const Examples<Scalar>& examples, std::size_t p, Index i) const {
    return examples.y[p] + i * target_size(p);
  }
  Index target_size(std::size_t p) const { return objective_.parts()[p].scoring->target_size(); }
  static Scalar weight(const Examples<Scalar>& examples, std::size_t p, Index i) {
    return examples.weights.empty() ? Scalar(1) : examples.weights[p][i];
  }

  /// Throws NotFinite, with what `when` gives, if a step's loss was not finite or what it made of the parameters is not.
  [[gnu::cold]] void check_step(const Batch& batch, const CallMode& mode, double loss,
                                FunctionRef<std::string()> when) const {
    if (!std::isfinite(loss))
      throw_not_finite<Scalar>(plan_, parameters_, frozen_.get(), model_.names, batch.examples.x, batch.order, mode,
                               loss, when());
    if (const int spoilt = updater_->spoilt(); spoilt >= 0) {
      const auto tensors = named_tensors<Scalar>(plan_.layers, frozen_.get(), model_.names, parameters_);
      const NamedTensor<Scalar>& tensor = tensors[static_cast<std::size_t>(spoilt)];
      throw_spoilt(tensor, gradients_.get() + (tensor.data - parameters_),
                   text(when(), ": the loss is ", loss, ", but"));
    }
  }

  /// Warns on stderr of parameters that would be trained if some loss depended on them: a head without a loss.
  [[gnu::cold]] void warn_of_forgotten() const {
    std::string names;
    const auto tensors = named_tensors<Scalar>(plan_.layers, frozen_.get(), model_.names, parameters_);
    for (std::size_t t = 0; t < tensors.size(); ++t)
      if (tensors[t].trainable && !learns_[t]) names += (names.empty() ? "" : ", ") + tensors[t].name;
    if (!names.empty())
      std::fputs(text("warning: no loss depends on ", names,
                      ", which will not change: give an output behind it a loss, or freeze its layer\n")
                     .c_str(),
                 stderr);
  }

  /// Warns on stderr if a layer adds too little to the loss (OwnLoss::least).
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

  /// Losses and metrics summed over a pass, or over its first `steps` batches if that is not 0; and over how many samples.
  [[gnu::cold]] std::pair<Sums, Index> evaluated(Feed<Scalar>& feed, Index steps, int team) const {
    const Index in_pass = feed.batches(),
                batches = steps > 0 && in_pass > 0 ? std::min(steps, in_pass) : steps + in_pass;
    check(batches > 0, "evaluate: a source without an end needs steps (in fit: validation_steps)");
    Pass<Scalar> pass(plan_, 0, objective_.losses(), objective_.others());
    pass.freeze(frozen_.get());
    pass.join(company_);
    const auto memory = prepared<Scalar>(plan_, parameters_);
    Sums sums = objective_.no_sums();
    Index count = 0;
    feed.begin(0, 0, batches);
    for (Index i = 0; i < batches; ++i) {
      const Batch batch = feed.next();
      pass.begin({}, batch.size(), team);
      const auto input = [&](const Chunk<Scalar>& chunk) { set_inputs(chunk, batch); };
      const auto done = [&](const Chunk<Scalar>& chunk) { score(chunk, batch, nullptr); };
      pass.run(parameters_, memory.get(), {.input = input, .done = done});
      const Sums of_batch = pass.sums();
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += of_batch[k];
      count += batch.size();
    }
    feed.end();
    add_penalties(sums.data(), count, nullptr);
    return {sums, count};
  }

  /// Copies the samples of a chunk into the Inputs.
  [[gnu::hot]] void set_inputs(const Chunk<Scalar>& chunk, const Batch& batch) const {
    for (std::size_t i = 0; i < batch.examples.x.size(); ++i)
      for (Index n = 0; n < chunk.call.samples; ++n)
        chunk.workspace.set(plan_.input(i), n,
                            batch.examples.x[i] + batch.place(chunk.call.place(n)) * plan_.input(i).scalars());
  }
  [[gnu::hot]] void score(const Chunk<Scalar>& chunk, const Batch& batch, const Scalar* scales) const {
    const auto place = [&](Index n) { return batch.place(chunk.call.place(n)); };
    objective_.score(
        chunk, [&](std::size_t p, Index n) { return target(batch.examples, p, place(n)); },
        [&](std::size_t p, Index n) { return weight(batch.examples, p, place(n)); }, scales);
  }

  /// Adds the penalties on parameters to the summed loss of `samples` samples, and their gradients to `gradients` unless it is null.
  void add_penalties(double* sums, Index samples, Scalar* gradients) const {
    if (plan_.has_penalties)
      sums[objective_.penalty()] +=
          static_cast<double>(samples) * penalties<Scalar>(plan_.layers, frozen_.get(), parameters_, gradients);
  }

  /// How the model is called in the next step.
  CallMode mode(Seed seed) const {
    return {.training = true, .seed = seed, .step = static_cast<std::uint32_t>(calls_)};
  }

  /// One step on a batch, or its gradients alone, which are then in the first lane; losses and metrics summed over it.
  /// Hot: what only a cold `fit` calls would itself be cold to GCC.
  [[gnu::hot]] Sums step(const Batch& batch, const CallMode& mode, int team, bool update = true) {
    std::vector<Scalar> scales;
    for (const auto& part : objective_.parts())
      scales.push_back(static_cast<Scalar>(part.weight / part.scoring->terms(batch.size())));
    team = pass_.begin(mode, batch.size(), team);
    if (gradient_sum_) gradient_sum_->begin(pass_.lanes());
    if (update) updater_->choose_rate();
    const auto start = [&](Index lane) {
      Scalar* const gradients = gradients_.get() + (lane - pass_.mine().first) * plan_.parameters;
      std::fill_n(gradients, plan_.parameters, Scalar(0));
      if (lane == 0) add_penalties(pass_.sums_of(0), batch.size(), gradients);
      return gradients;
    };
    const auto input = [&](const Chunk<Scalar>& chunk) { set_inputs(chunk, batch); };
    const auto loss = [&](const Chunk<Scalar>& chunk) { score(chunk, batch, scales.data()); };

    share_out(team, plan_.depth(),
              [&](Index i, int) { prepare<Scalar>(plan_, static_cast<int>(i), parameters_, prepared_.get()); });
    if (watch_) watch_(Stage::prepare, 0);

    pass_.run(parameters_, prepared_.get(), {.start = start, .input = input, .loss = loss});

    const Sums sums = pass_.sums();
    if (std::isfinite(objective_.loss(sums, batch.size()))) {
      if (gradient_sum_) gradient_sum_->add(gradients_.get(), team);
      const Index lanes = gradient_sum_ ? 1 : pass_.lanes();
      if (update)
        updater_->update(parameters_, gradients_.get(), lanes, team);
      else
        updater_->add(gradients_.get(), lanes, team);
      pass_.remember(parameters_);
      ++calls_;
    }
    if (watch_) watch_(Stage::update, 0);
    return sums;
  }

  /// Buffers for the gradients of this learner's lanes. Where there is no memory for them, or too many processes, nothing changes.
  [[gnu::cold]] void divide(Company* company, Index lanes) {
    Index most = lanes;
    if (company) {
      check(company->size() <= lanes, "fit: ", company->size(), " processes share ", lanes,
            " lanes, and some would have nothing to do; set .lanes");
      most = (lanes + company->size() - 1) / company->size();
    }
    auto gradients = aligned_zeros<Scalar>(most * plan_.parameters);
    company_ = company;
    pass_.join(company, lanes);
    gradients_ = std::move(gradients);
    gradient_sum_.reset();
    if (company) gradient_sum_.emplace(*company, plan_.parameters);
  }

  /// Throws std::runtime_error unless all learners train the same network on the same data from the same state.
  [[gnu::cold]] void check_company(const Training& training) const {
    TrainingState state;
    training.state(state);
    std::vector<std::string> mine;  // line by line
    for (const auto& [name, value] : state.words) mine.push_back(text(name, ": ", value));
    for (const auto& [name, numbers] : state.numbers)
      mine.push_back(text(name, ": ", in_words(numbers.values.data(), numbers.values.size())));
    mine.push_back(text("epochs: ", training.epochs));
    check_same(*company_, mine);
  }
  /// What tells the data from others of as many samples. Nothing of a source's, which are not known before they are read.
  [[gnu::cold]] void add_fingerprints(const char* which, const Examples<Scalar>& data,
                                      std::vector<std::pair<std::string, std::string>>& all) const {
    const auto add = [&](const char* what, std::size_t number, const Scalar* numbers, Index count) {
      all.emplace_back(text(which, what, number > 0 ? text(" ", number + 1) : ""), in_words(numbers, count));
    };
    for (std::size_t i = 0; i < data.x.size(); ++i) add("inputs", i, data.x[i], data.count * plan_.input(i).scalars());
    for (std::size_t p = 0; p < data.y.size(); ++p) add("targets", p, data.y[p], data.count * target_size(p));
    for (std::size_t p = 0; p < data.weights.size(); ++p) add("sample weights", p, data.weights[p], data.count);
  }
  template <class Number, class Count>
  static std::string in_words(const Number* numbers, Count count) {
    return text(count, " numbers, fingerprint ", fingerprint_of(numbers, count));
  }

  const Plan<Scalar>& plan_;
  Scalar* parameters_;
  std::unique_ptr<bool[]> frozen_;
  std::vector<bool> learns_;  // of each parameter tensor: have_gradients
  bool warned_ = false;       // of those that do not
  ModelFacts model_;
  Objective<Scalar> objective_;
  std::unique_ptr<Updater<Scalar>> updater_;
  std::shared_ptr<Scalar[]> prepared_, gradients_;
  Pass<Scalar> pass_;
  Company* company_;
  std::optional<GradientSum<Scalar>> gradient_sum_;  // in a company
  Watch watch_;
  Index calls_ =
      0;  // of the model in training, by which layers draw random numbers: steps, and gradients in one's own loop
  Index passes_ = 0;  // over the data, in all calls of fit, so that each is shuffled differently
};
LATENT_COMPILED_ONCE_END

}  // namespace latent::engine
